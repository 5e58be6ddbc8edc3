"""Variants of the nearest neighbour exercises."""

from grading.mutants import Variant

VARIANTS = [
    # --- knn-two-loops
    Variant(
        "knn-two-loops",
        "forgets-the-square-root",
        why="the ranking is the same, but a distance is not its square",
        edits=[("np.sqrt(np.sum(difference**2))", "np.sum(difference**2)")],
    ),
    Variant(
        "knn-two-loops",
        "absolute-differences",
        why="that is the L1 distance",
        edits=[("np.sqrt(np.sum(difference**2))", "np.sum(np.abs(difference))")],
    ),
    Variant(
        "knn-two-loops",
        "mean-of-squares",
        why="a mean makes every distance smaller by the root of D",
        edits=[("np.sqrt(np.sum(difference**2))", "np.sqrt(np.mean(difference**2))")],
    ),
    Variant(
        "knn-two-loops",
        "leaves-out-the-last-training-picture",
        why="range ends before its end by itself",
        edits=[("for j in range(num_train):", "for j in range(num_train - 1):")],
    ),
    Variant(
        "knn-two-loops",
        "test-pictures-against-test-pictures",
        why="the distances wanted are those to the training pictures",
        edits=[("difference = X[i] - self.X_train[j]", "difference = X[i] - X[j % num_test]")],
    ),
    Variant(
        "knn-two-loops",
        "keeps-bytes",
        why="3 - 5 is 254 in a byte",
        edits=[
            (
                "self.X_train, self.y_train = X.astype(np.float64), y",
                "self.X_train, self.y_train = X, y",
            ),
            ("X = np.asarray(X, dtype=np.float64)", "X = np.asarray(X)"),
        ],
    ),
    Variant(
        "knn-two-loops",
        "uses-norm",
        why="np.linalg.norm is the same length",
        code="""
for i in range(num_test):
    for j in range(num_train):
        dists[i, j] = np.linalg.norm(X[i] - self.X_train[j])
""",
        right=True,
    ),
    Variant(
        "knn-two-loops",
        "dot-product-of-the-difference",
        why="d.dot(d) is the sum of squares",
        code="""
for j, train in enumerate(self.X_train):
    for i, test in enumerate(X):
        d = train - test
        dists[i, j] = d.dot(d) ** 0.5
""",
        right=True,
    ),
    # --- knn-one-loop
    Variant(
        "knn-one-loop",
        "forgets-the-square-root",
        why="compared with itself only, it would pass",
        edits=[("np.sqrt(np.sum(differences**2, axis=1))", "np.sum(differences**2, axis=1)")],
    ),
    Variant(
        "knn-one-loop",
        "adds-up-over-the-pictures",
        why="axis 0 counts pictures, axis 1 their numbers",
        edits=[("np.sum(differences**2, axis=1)", "np.sum(differences**2, axis=0)")],
    ),
    Variant(
        "knn-one-loop",
        "adds-everything-up",
        why="without an axis there is one sum for all training pictures",
        edits=[("np.sum(differences**2, axis=1)", "np.sum(differences**2)")],
    ),
    Variant(
        "knn-one-loop",
        "root-before-the-sum",
        why="the root of a square is an absolute value: the L1 distance",
        edits=[
            ("np.sqrt(np.sum(differences**2, axis=1))", "np.sum(np.sqrt(differences**2), axis=1)")
        ],
    ),
    Variant(
        "knn-one-loop",
        "norm-of-everything",
        why="np.linalg.norm without an axis is the length of the whole array",
        edits=[("np.sqrt(np.sum(differences**2, axis=1))", "np.linalg.norm(differences)")],
    ),
    Variant(
        "knn-one-loop",
        "hides-the-second-loop",
        why="a list comprehension over the training pictures is a loop",
        code="""
for i in range(num_test):
    dists[i] = [np.linalg.norm(X[i] - train) for train in self.X_train]
""",
    ),
    Variant(
        "knn-one-loop",
        "norm-along-the-numbers",
        why="the same length",
        code="""
for i, x in enumerate(X):
    dists[i, :] = np.linalg.norm(self.X_train - x, axis=1)
""",
        right=True,
    ),
    Variant(
        "knn-one-loop",
        "einsum",
        why="the same sum of products, row by row",
        code="""
for i in range(num_test):
    d = X[i] - self.X_train
    dists[i] = np.sqrt(np.einsum("jd,jd->j", d, d))
""",
        right=True,
    ),
    # --- knn-no-loops
    Variant(
        "knn-no-loops",
        "forgets-the-square-root",
        why="a distance is not its square",
        edits=[("np.sqrt(np.maximum(squares, 0), out=dists)", "dists = np.maximum(squares, 0)")],
    ),
    Variant(
        "knn-no-loops",
        "root-of-a-rounding-error",
        why="a picture against itself gives nan where the sum is a little below 0",
        edits=[("np.sqrt(np.maximum(squares, 0), out=dists)", "dists = np.sqrt(squares)")],
    ),
    Variant(
        "knn-no-loops",
        "one-product-instead-of-two",
        why="(a - b)^2 has the middle term 2ab",
        edits=[("- 2 * X.dot", "- X.dot")],
    ),
    Variant(
        "knn-no-loops",
        "adds-the-product",
        why="the middle term of (a - b)^2 is negative",
        edits=[("test_squares - 2 * X.dot", "test_squares + 2 * X.dot")],
    ),
    Variant(
        "knn-no-loops",
        "one-length-for-all",
        why="a sum without an axis adds the pictures up, too",
        edits=[("np.sum(self.X_train**2, axis=1)", "np.sum(self.X_train**2)")],
    ),
    Variant(
        "knn-no-loops",
        "lengths-of-the-columns",
        why="axis 0 counts pictures",
        edits=[("np.sum(self.X_train**2, axis=1)", "np.sum(self.X_train**2, axis=0)")],
    ),
    Variant(
        "knn-no-loops",
        "transposed",
        why="rows are test pictures",
        edits=[
            (
                "np.sqrt(np.maximum(squares, 0), out=dists)",
                "dists = np.sqrt(np.maximum(squares, 0)).T",
            )
        ],
    ),
    Variant(
        "knn-no-loops",
        "still-one-loop",
        why="the loop over test pictures is what should go",
        code="""
for i in range(num_test):
    dists[i] = np.linalg.norm(self.X_train - X[i], axis=1)
""",
    ),
    Variant(
        "knn-no-loops",
        "hides-a-loop-in-map",
        why="a function called once for each picture is a loop",
        code="""
dists = np.array(list(map(lambda x: np.linalg.norm(self.X_train - x, axis=1), X)))
""",
    ),
    Variant(
        "knn-no-loops",
        "all-differences-at-once",
        why="needs much memory, but is right, and has no negative squares",
        code="""
dists = np.sqrt(np.sum((X[:, None, :] - self.X_train[None]) ** 2, axis=2))
""",
        right=True,
    ),
    Variant(
        "knn-no-loops",
        "in-place",
        why="the same three terms, added up in place, and clipped",
        code="""
dists += np.sum(np.square(X), axis=1).reshape(num_test, 1)
dists += np.sum(np.square(self.X_train), axis=1).reshape(1, num_train)
dists -= 2 * np.matmul(X, np.transpose(self.X_train))
dists = np.sqrt(dists.clip(min=0))
""",
        right=True,
    ),
    # --- knn-predict-labels
    Variant(
        "knn-predict-labels",
        "only-the-nearest",
        why="k is there to be used",
        edits=[("np.argsort(dists[i])[:k]", "np.argsort(dists[i])[:1]")],
    ),
    Variant(
        "knn-predict-labels",
        "the-farthest",
        why="argsort puts the smallest first",
        edits=[("np.argsort(dists[i])[:k]", "np.argsort(dists[i])[-k:]")],
    ),
    Variant(
        "knn-predict-labels",
        "one-neighbour-too-many",
        why="a slice that ends at k + 1 has k + 1 entries",
        edits=[("np.argsort(dists[i])[:k]", "np.argsort(dists[i])[: k + 1]")],
    ),
    Variant(
        "knn-predict-labels",
        "nearest-of-equals",
        why="where votes are equal the smallest label wins, not the first met",
        code="""
from collections import Counter

for i in range(num_test):
    nearest = self.y_train[np.argsort(dists[i])[:k]]
    y_pred[i] = Counter(nearest.tolist()).most_common(1)[0][0]
""",
    ),
    Variant(
        "knn-predict-labels",
        "largest-of-equals",
        why="where votes are equal the smallest label wins",
        edits=[("np.argmax(votes)", "len(votes) - 1 - np.argmax(votes[::-1])")],
    ),
    Variant(
        "knn-predict-labels",
        "index-instead-of-label",
        why="argsort gives places; the labels stand there",
        code="""
for i in range(num_test):
    y_pred[i] = np.argsort(dists[i])[0]
""",
    ),
    Variant(
        "knn-predict-labels",
        "labels-of-the-first-k",
        why="the first k training pictures are not the k nearest",
        edits=[("self.y_train[nearest]", "self.y_train[: len(nearest)]")],
    ),
    Variant(
        "knn-predict-labels",
        "median-of-the-labels",
        why="labels are names: the one between two of them is neither",
        code="""
for i in range(num_test):
    y_pred[i] = np.median(self.y_train[np.argsort(dists[i])[:k]])
""",
    ),
    Variant(
        "knn-predict-labels",
        "sorts-the-distances-away",
        why="dists belongs to the caller, who votes with it for the next k",
        code="""
for i in range(num_test):
    order = np.argsort(dists[i])
    dists[i].sort()
    y_pred[i] = np.argmax(np.bincount(self.y_train[order[:k]]))
""",
    ),
    Variant(
        "knn-predict-labels",
        "unique-with-counts",
        why="unique sorts, so the first of the largest counts is the smallest label",
        code="""
for i in range(num_test):
    nearest = np.argpartition(dists[i], k - 1)[:k]
    labels, counts = np.unique(self.y_train[nearest], return_counts=True)
    y_pred[i] = labels[counts.argmax()]
""",
        right=True,
    ),
    Variant(
        "knn-predict-labels",
        "dictionary-of-votes",
        why="sorting labels first makes the smallest of equals win",
        code="""
for i in range(num_test):
    closest_y = list(self.y_train[np.argsort(dists[i, :])[:k]])
    y_pred[i] = max(sorted(set(closest_y)), key=closest_y.count)
""",
        right=True,
    ),
    Variant(
        "knn-predict-labels",
        "floats",
        why="an array of floats, as the course's own skeleton has it, holds labels too",
        edits=[("np.zeros(num_test, dtype=self.y_train.dtype)", "np.zeros(num_test)")],
        right=True,
    ),
]
