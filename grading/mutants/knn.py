"""Variants of the nearest neighbour exercises."""

from grading.mutants import Variant

VARIANTS = [
    Variant(
        "knn-two-loops",
        "forgets-the-square-root",
        why="the ranking is the same, but a distance is not its square",
        code="""
for i in range(num_test):
    for j in range(num_train):
        dists[i, j] = np.sum((X[i] - self.X_train[j]) ** 2)
""",
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
]
