"""Variants of the exercises of the softmax classifier."""

from grading.mutants import Variant

VARIANTS = [
    # --- softmax-loss-naive
    Variant(
        "softmax-loss-naive",
        "overflows",
        why="exp(10000) is no float",
        edits=[("        scores -= np.max(scores)\n", "")],
    ),
    Variant(
        "softmax-loss-naive",
        "logarithm-of-zero",
        why="a probability of exp(-10000) is 0 in a float; its logarithm is -10000",
        edits=[
            (
                "log_probs = scores - np.log(np.sum(np.exp(scores)))\n",
                "log_probs = np.log(np.exp(scores) / np.sum(np.exp(scores)))\n",
            )
        ],
    ),
    Variant(
        "softmax-loss-naive",
        "logarithm-of-a-padded-probability",
        why="log(p + 1e-12) is finite, and wrong where p is small",
        edits=[
            (
                "log_probs = scores - np.log(np.sum(np.exp(scores)))\n",
                "log_probs = np.log(np.exp(scores) / np.sum(np.exp(scores)) + 1e-12)\n",
            )
        ],
    ),
    Variant(
        "softmax-loss-naive",
        "forgets-to-subtract-one",
        why="the derivative by the score of the right class is p - 1",
        edits=[("(np.exp(log_probs[j]) - (j == y[i])) * X[i]", "np.exp(log_probs[j]) * X[i]")],
    ),
    Variant(
        "softmax-loss-naive",
        "only-the-right-class",
        why="the other classes should lose what the right one wins",
        code="""
for i in range(len(X)):
    scores = X[i].dot(W) - np.max(X[i].dot(W))
    log_probs = scores - np.log(np.sum(np.exp(scores)))
    loss -= log_probs[y[i]]
    dW[:, y[i]] += (np.exp(log_probs[y[i]]) - 1) * X[i]
loss = loss / len(X) + reg * np.sum(W * W)
dW = dW / len(X) + 2 * reg * W
""",
    ),
    Variant(
        "softmax-loss-naive",
        "turned-sign",
        why="p - 1 for the right class, not 1 - p",
        edits=[
            (
                "(np.exp(log_probs[j]) - (j == y[i])) * X[i]",
                "((j == y[i]) - np.exp(log_probs[j])) * X[i]",
            )
        ],
    ),
    Variant(
        "softmax-loss-naive",
        "sums-instead-of-means",
        why="the loss is a mean over the examples, and so is dW",
        edits=[
            ("loss = loss / num_train + reg * np.sum(W * W)", "loss += reg * np.sum(W * W)"),
            ("dW = dW / num_train + 2 * reg * W", "dW += 2 * reg * W"),
        ],
    ),
    Variant(
        "softmax-loss-naive",
        "half-of-the-penalty-in-the-gradient",
        why="the derivative of a square is twice its root",
        edits=[("dW = dW / num_train + 2 * reg * W", "dW = dW / num_train + reg * W")],
    ),
    Variant(
        "softmax-loss-naive",
        "penalty-inside-the-mean",
        why="the penalty does not depend on the examples, so it is not divided by their number",
        edits=[
            (
                "loss = loss / num_train + reg * np.sum(W * W)",
                "loss = (loss + reg * np.sum(W * W)) / num_train",
            ),
            ("dW = dW / num_train + 2 * reg * W", "dW = (dW + 2 * reg * W) / num_train"),
        ],
    ),
    Variant(
        "softmax-loss-naive",
        "score-plus-logarithm",
        why="-log p = log(sum exp) - s, with the shift in both or in neither",
        code="""
num_train = X.shape[0]
for i in range(num_train):
    s = X[i] @ W
    top = max(s)
    total = sum(np.exp(value - top) for value in s)
    loss += np.log(total) + top - s[y[i]]
    p = np.exp(s - top) / total
    p[y[i]] -= 1
    dW += np.outer(X[i], p)
loss /= num_train
dW /= num_train
loss += reg * np.sum(W**2)
dW += 2 * reg * W
""",
        right=True,
    ),
    Variant(
        "softmax-loss-naive",
        "logaddexp",
        why="np.logaddexp is stable by itself",
        code="""
for x, label in zip(X, y):
    s = x.dot(W)
    logs = s - np.logaddexp.reduce(s)
    loss += -logs[label] / len(X)
    for j, value in enumerate(np.exp(logs)):
        dW[:, j] = dW[:, j] + x * (value - 1 if j == label else value) / len(X)
loss += reg * (W * W).sum()
dW = dW + reg * (W + W)
""",
        right=True,
    ),
    # --- softmax-loss-vectorized
    Variant(
        "softmax-loss-vectorized",
        "overflows",
        why="exp(10000) is no float",
        edits=[("    scores -= np.max(scores, axis=1, keepdims=True)\n", "")],
    ),
    Variant(
        "softmax-loss-vectorized",
        "one-maximum-for-all",
        why="an example whose scores are far below the maximum of another has only zeros left",
        edits=[("np.max(scores, axis=1, keepdims=True)", "np.max(scores)")],
    ),
    Variant(
        "softmax-loss-vectorized",
        "logarithm-of-zero",
        why="a probability of exp(-10000) is 0 in a float; its logarithm is -10000",
        edits=[
            (
                "log_probs = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))",
                "e = np.exp(scores)\n    log_probs = np.log(e / np.sum(e, axis=1, keepdims=True))",
            )
        ],
    ),
    Variant(
        "softmax-loss-vectorized",
        "sums-over-the-examples",
        why="probabilities add up to 1 over the classes: axis 1",
        edits=[
            (
                "np.sum(np.exp(scores), axis=1, keepdims=True)",
                "np.sum(np.exp(scores), axis=0, keepdims=True)",
            )
        ],
    ),
    Variant(
        "softmax-loss-vectorized",
        "forgets-to-subtract-one",
        why="the derivative by the score of the right class is p - 1",
        edits=[("    dscores[rows, y] -= 1\n", "")],
    ),
    Variant(
        "softmax-loss-vectorized",
        "subtracts-one-everywhere",
        why="dscores[:, y] names whole columns",
        edits=[("dscores[rows, y] -= 1", "dscores[:, y] -= 1")],
    ),
    Variant(
        "softmax-loss-vectorized",
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
        "softmax-loss-vectorized",
        "mean-over-classes-too",
        why="the mean goes over the N examples",
        edits=[("X.T.dot(dscores) / num_train", "X.T.dot(dscores) / dscores.size")],
    ),
    Variant(
        "softmax-loss-vectorized",
        "no-penalty-in-the-gradient",
        why="the loss has a penalty, so the gradient has its derivative",
        edits=[("X.T.dot(dscores) / num_train + 2 * reg * W", "X.T.dot(dscores) / num_train")],
    ),
    Variant(
        "softmax-loss-vectorized",
        "calls-the-loops",
        why="the numbers are right, but nothing is vectorized",
        code="""
loss, dW = softmax_loss_naive(W, X, y, reg)
""",
    ),
    Variant(
        "softmax-loss-vectorized",
        "one-hot",
        why="a table of ones picks the right classes as well",
        code="""
N, C = X.shape[0], W.shape[1]
one_hot = np.zeros((N, C))
one_hot[np.arange(N), y] = 1
S = X @ W
S = S - S.max(axis=1)[:, np.newaxis]
log_Z = np.log(np.exp(S).sum(axis=1))
loss = np.mean(log_Z - (S * one_hot).sum(axis=1)) + reg * np.sum(W * W)
P = np.exp(S - log_Z[:, np.newaxis])
dW = X.T @ (P - one_hot) / N + 2 * reg * W
""",
        right=True,
    ),
    Variant(
        "softmax-loss-vectorized",
        "logaddexp",
        why="np.logaddexp is stable by itself",
        code="""
scores = np.dot(X, W)
log_P = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
loss = reg * np.sum(np.power(W, 2)) - log_P[range(len(y)), y].mean()
dscores = np.exp(log_P) / len(y)
dscores[range(len(y)), y] -= 1 / len(y)
dW = np.einsum("nd,nc->dc", X, dscores) + 2 * reg * W
""",
        right=True,
    ),
]
