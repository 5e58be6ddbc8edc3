"""Variants of the exercises of the linear classifier: training and prediction."""

from grading.mutants import Variant

VARIANTS = [
    # --- linear-train
    Variant(
        "linear-train",
        "climbs",
        why="the gradient points uphill",
        edits=[("self.W = self.W - learning_rate * dW", "self.W = self.W + learning_rate * dW")],
    ),
    Variant(
        "linear-train",
        "always-the-first-examples",
        why="what is never drawn is never learned",
        edits=[("np.random.choice(num_train, batch_size)", "np.arange(batch_size) % num_train")],
    ),
    Variant(
        "linear-train",
        "draws-from-the-first-batch",
        why="np.random.choice(n) draws below n: n is the number of examples",
        edits=[
            (
                "np.random.choice(num_train, batch_size)",
                "np.random.choice(batch_size, batch_size) % num_train",
            )
        ],
    ),
    Variant(
        "linear-train",
        "slices-in-order",
        why="where the examples are sorted a slice holds one class only",
        edits=[
            (
                "np.random.choice(num_train, batch_size)",
                "np.arange(it * batch_size, (it + 1) * batch_size) % num_train",
            )
        ],
    ),
    Variant(
        "linear-train",
        "draws-labels-apart",
        why="the labels must be those of the examples drawn",
        edits=[
            (
                "self.loss(X[chosen], y[chosen], reg)",
                "self.loss(X[chosen], y[np.random.choice(num_train, batch_size)], reg)",
            )
        ],
    ),
    Variant(
        "linear-train",
        "whole-set-every-time",
        why="that is gradient descent without the minibatches",
        edits=[("self.loss(X[chosen], y[chosen], reg)", "self.loss(X, y, reg)")],
    ),
    Variant(
        "linear-train",
        "seeds-in-the-loop",
        why="the same seed draws the same minibatch in every iteration",
        edits=[
            (
                "chosen = np.random.choice(num_train, batch_size)",
                "np.random.seed(231)\n            chosen = np.random.choice(num_train, batch_size)",
            )
        ],
    ),
    Variant(
        "linear-train",
        "without-replacement",
        why="20 different examples cannot be drawn from 5",
        edits=[
            (
                "np.random.choice(num_train, batch_size)",
                "np.random.choice(num_train, batch_size, replace=False)",
            )
        ],
    ),
    Variant(
        "linear-train",
        "penalty-twice",
        why="the gradient that self.loss returns has the penalty in it",
        edits=[("self.W - learning_rate * dW", "self.W - learning_rate * (dW + 2 * reg * self.W)")],
    ),
    Variant(
        "linear-train",
        "mean-twice",
        why="the gradient that self.loss returns is a mean already",
        edits=[("self.W - learning_rate * dW", "self.W - learning_rate * dW / batch_size")],
    ),
    Variant(
        "linear-train",
        "forgets-reg",
        why="the strength of the penalty is an argument",
        edits=[("self.loss(X[chosen], y[chosen], reg)", "self.loss(X[chosen], y[chosen], 0.0)")],
    ),
    Variant(
        "linear-train",
        "no-history",
        why="the losses are what train returns",
        edits=[("            loss_history.append(float(loss))\n", "")],
    ),
    Variant(
        "linear-train",
        "replaces-w-by-the-step",
        why="the step is added to W",
        edits=[("self.W = self.W - learning_rate * dW", "self.W = -learning_rate * dW")],
    ),
    Variant(
        "linear-train",
        "randint-and-in-place",
        why="another way to draw with replacement, and a step in place",
        code="""
idx = np.random.randint(0, num_train, size=batch_size)
X_batch = X[idx, :]
y_batch = y[idx]
loss, grad = self.loss(X_batch, y_batch, reg)
loss_history.append(loss)
self.W += -learning_rate * grad
""",
        right=True,
    ),
    Variant(
        "linear-train",
        "generator-and-take",
        why="a Generator of its own draws as well",
        code="""
rng = np.random.default_rng()
rows = rng.choice(num_train, size=batch_size, replace=True)
loss, dW = self.loss(np.take(X, rows, axis=0), np.take(y, rows), reg=reg)
loss_history += [loss]
dW *= learning_rate
self.W -= dW
""",
        right=True,
    ),
    # --- linear-predict
    Variant(
        "linear-predict",
        "best-example-of-each-class",
        why="axis 0 counts examples",
        edits=[("y_pred[:] = np.argmax(scores, axis=1)", "y_pred = np.argmax(scores, axis=0)")],
    ),
    Variant(
        "linear-predict",
        "largest-score-instead-of-its-class",
        why="max gives the score, argmax the class",
        edits=[("y_pred[:] = np.argmax(scores, axis=1)", "y_pred = np.max(scores, axis=1)")],
    ),
    Variant(
        "linear-predict",
        "smallest-score",
        why="scores say how much speaks for a class",
        edits=[("np.argmax(scores, axis=1)", "np.argmin(scores, axis=1)")],
    ),
    Variant(
        "linear-predict",
        "largest-magnitude",
        why="a score far below 0 speaks against a class",
        edits=[("np.argmax(scores, axis=1)", "np.argmax(np.abs(scores), axis=1)")],
    ),
    Variant(
        "linear-predict",
        "one-label-for-all",
        why="without an axis there is one largest score in the whole array",
        edits=[("np.argmax(scores, axis=1)", "np.argmax(scores)")],
    ),
    Variant(
        "linear-predict",
        "classes-from-one-on",
        why="the first class is 0",
        edits=[("np.argmax(scores, axis=1)", "np.argmax(scores, axis=1) + 1")],
    ),
    Variant(
        "linear-predict",
        "keeps-a-column",
        why="labels have the shape (N,), or comparing them with y gives an (N, N) array",
        edits=[
            (
                "y_pred[:] = np.argmax(scores, axis=1)",
                "y_pred = np.argmax(scores, axis=1, keepdims=True)",
            )
        ],
    ),
    Variant(
        "linear-predict",
        "example-by-example",
        why="a loop is slower, and right",
        code="""
for i in range(len(X)):
    y_pred[i] = np.argmax(self.W.T.dot(X[i]))
""",
        right=True,
    ),
    Variant(
        "linear-predict",
        "last-of-the-sorted",
        why="the last place of an argsort is the largest score",
        code="""
y_pred = np.argsort(X @ self.W, axis=1)[:, -1]
""",
        right=True,
    ),
]
