"""Variants of the exercises of the support vector machine."""

from grading.mutants import Variant

VARIANTS = [
    # --- svm-loss-naive
    Variant(
        "svm-loss-naive",
        "counts-the-right-class",
        why="the right class has the margin 1 over itself",
        edits=[("if j != y[i] and margin > 0:", "if margin > 0:")],
    ),
    Variant(
        "svm-loss-naive",
        "forgets-the-right-class-in-the-gradient",
        why="a margin falls when the score of the right class rises",
        edits=[("                dW[:, y[i]] -= X[i]\n", "")],
    ),
    Variant(
        "svm-loss-naive",
        "gradient-is-a-sum",
        why="where the loss is a mean its gradient is one",
        edits=[("dW = dW / num_train + 2 * reg * W", "dW += 2 * reg * W")],
    ),
    Variant(
        "svm-loss-naive",
        "half-of-the-penalty-in-the-gradient",
        why="a published mistake: the derivative of a square is twice its root",
        edits=[("dW = dW / num_train + 2 * reg * W", "dW = dW / num_train + reg * W")],
    ),
    Variant(
        "svm-loss-naive",
        "no-penalty",
        why="at reg = 5e-6 nobody would see it",
        edits=[
            ("loss = loss / num_train + reg * np.sum(W * W)", "loss = loss / num_train"),
            ("dW = dW / num_train + 2 * reg * W", "dW = dW / num_train"),
        ],
    ),
    Variant(
        "svm-loss-naive",
        "one-class-per-example",
        why="every class that comes too near adds to the loss, not just the worst",
        code="""
num_train = X.shape[0]
for i in range(num_train):
    margins = X[i].dot(W) - X[i].dot(W[:, y[i]]) + 1
    margins[y[i]] = 0
    j = np.argmax(margins)
    if margins[j] > 0:
        loss += margins[j]
        dW[:, j] += X[i]
        dW[:, y[i]] -= X[i]
loss = loss / num_train + reg * np.sum(W * W)
dW = dW / num_train + 2 * reg * W
""",
    ),
    Variant(
        "svm-loss-naive",
        "no-margin",
        why="being ahead is not enough: the right class should be ahead by 1",
        edits=[("margin = scores[j] - scores[y[i]] + 1", "margin = scores[j] - scores[y[i]]")],
    ),
    Variant(
        "svm-loss-naive",
        "half-a-penalty",
        why="the course of 2016 had the factor 1/2; this one does not",
        edits=[
            (
                "loss = loss / num_train + reg * np.sum(W * W)",
                "loss = loss / num_train + 0.5 * reg * np.sum(W * W)",
            ),
            ("dW = dW / num_train + 2 * reg * W", "dW = dW / num_train + reg * W"),
        ],
    ),
    Variant(
        "svm-loss-naive",
        "skips-the-right-class",
        why="continue instead of a condition, and the penalty in place",
        code="""
num_classes = W.shape[1]
num_train = X.shape[0]
for i in range(num_train):
    scores = X[i].dot(W)
    correct_class_score = scores[y[i]]
    for j in range(num_classes):
        if j == y[i]:
            continue
        margin = scores[j] - correct_class_score + 1
        if margin > 0:
            loss += margin
            dW[:, y[i]] += -X[i]
            dW[:, j] += X[i]
loss /= num_train
dW /= num_train
loss += reg * np.sum(W * W)
dW += 2 * reg * W
""",
        right=True,
    ),
    Variant(
        "svm-loss-naive",
        "outer-product-per-example",
        why="one loop fewer, and the other slope at a margin of exactly 0",
        code="""
for x, label in zip(X, y):
    margins = x @ W
    margins = margins - margins[label] + 1
    margins[label] = -1
    indicator = (margins >= 0).astype(float)
    indicator[label] = -indicator.sum()
    loss += margins[margins > 0].sum() / len(X)
    dW = dW + np.outer(x, indicator) / len(X)
loss += reg * (W**2).sum()
dW = dW + 2.0 * reg * W
""",
        right=True,
    ),
    # --- svm-loss-vectorized
    Variant(
        "svm-loss-vectorized",
        "counts-the-right-class",
        why="the right class has the margin 1 over itself",
        edits=[("    margins[rows, y] = 0\n", "")],
    ),
    Variant(
        "svm-loss-vectorized",
        "right-class-once",
        why="each class that comes too near pushes the right one",
        edits=[("dscores[rows, y] = -np.sum(dscores, axis=1)", "dscores[rows, y] = -1")],
    ),
    Variant(
        "svm-loss-vectorized",
        "margins-as-slopes",
        why="the slope of max(0, m) is 1, not m",
        edits=[("(margins > 0).astype(W.dtype)", "margins.copy()")],
    ),
    Variant(
        "svm-loss-vectorized",
        "gradient-is-a-sum",
        why="where the loss is a mean its gradient is one",
        edits=[
            (
                "dW = X.T.dot(dscores) / num_train + 2 * reg * W",
                "dW = X.T.dot(dscores) + 2 * reg * W",
            )
        ],
    ),
    Variant(
        "svm-loss-vectorized",
        "half-of-the-penalty-in-the-gradient",
        why="a published mistake, invisible at reg = 5e-6",
        edits=[
            ("X.T.dot(dscores) / num_train + 2 * reg * W", "X.T.dot(dscores) / num_train + reg * W")
        ],
    ),
    Variant(
        "svm-loss-vectorized",
        "columns-instead-of-entries",
        why="scores[:, y] is an array of N columns; scores[rows, y] has one entry for each example",
        edits=[("scores[rows, y][:, None]", "scores[:, y][0, :, None]")],
    ),
    Variant(
        "svm-loss-vectorized",
        "mean-over-classes-too",
        why="np.mean of all margins divides by C as well",
        edits=[("np.sum(margins) / num_train", "np.mean(margins)")],
    ),
    Variant(
        "svm-loss-vectorized",
        "counts-zeros-as-margins",
        why="after max(0, m) every entry is 0 or more",
        edits=[("(margins > 0).astype(W.dtype)", "(margins >= 0).astype(W.dtype)")],
    ),
    Variant(
        "svm-loss-vectorized",
        "calls-the-loops",
        why="the numbers are right, but nothing is vectorized",
        code="""
loss, dW = svm_loss_naive(W, X, y, reg)
""",
    ),
    Variant(
        "svm-loss-vectorized",
        "gradient-by-examples",
        why="a loop over the examples is left in the gradient",
        code="""
rows = np.arange(len(X))
margins = X.dot(W) - X.dot(W)[rows, y].reshape(-1, 1) + 1
margins[rows, y] = 0
loss = margins.clip(min=0).sum() / len(X) + reg * np.sum(W * W)
for i in rows:
    too_near = margins[i] > 0
    dW[:, too_near] += X[i][:, None]
    dW[:, y[i]] -= too_near.sum() * X[i]
dW = dW / len(X) + 2 * reg * W
""",
    ),
    Variant(
        "svm-loss-vectorized",
        "subtracts-the-right-class-afterwards",
        why="keeping j = y[i] costs exactly 1 for each example, and nothing in the gradient",
        code="""
N = X.shape[0]
scores = np.matmul(X, W)
right = np.take_along_axis(scores, y[:, np.newaxis], axis=1)
margins = np.maximum(scores - right + 1.0, 0.0)
loss = margins.sum() / N - 1 + reg * np.sum(np.square(W))
active = np.where(margins > 0, 1.0, 0.0)
one_hot = np.eye(W.shape[1])[y]
dW = X.T @ (active - active.sum(axis=1, keepdims=True) * one_hot) / N + reg * 2 * W
""",
        right=True,
    ),
    Variant(
        "svm-loss-vectorized",
        "divides-the-slopes",
        why="1/N may go into the slopes instead of the product",
        code="""
N, rows = len(y), range(len(y))
scores = (W.T @ X.T).T
margins = scores - scores[rows, y].reshape(N, 1) + 1
margins[rows, y] = 0
margins[margins < 0] = 0
loss = np.sum(np.mean(margins, axis=0)) + reg * np.linalg.norm(W) ** 2
slopes = np.sign(margins) / N
slopes[rows, y] -= np.sum(slopes, axis=1)
dW += X.T.dot(slopes)
dW += W * (2 * reg)
""",
        right=True,
    ),
]
