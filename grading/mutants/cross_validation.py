"""Variants of cross-validation."""

from grading.mutants import Variant

VARIANTS = [
    # --- knn-cross-validation
    Variant(
        "knn-cross-validation",
        "trains-on-the-held-out-fold",
        why="who has seen a picture knows its label",
        edits=[
            ("np.concatenate(X_folds[:fold] + X_folds[fold + 1 :])", "X"),
            ("np.concatenate(y_folds[:fold] + y_folds[fold + 1 :])", "y"),
        ],
    ),
    Variant(
        "knn-cross-validation",
        "trains-on-one-measures-on-the-rest",
        why="the large part is for training",
        code="""
X_folds, y_folds = np.array_split(X, num_folds), np.array_split(y, num_folds)
for fold in range(num_folds):
    classifier = KNearestNeighbor()
    classifier.train(X_folds[fold], y_folds[fold])
    X_rest = np.concatenate(X_folds[:fold] + X_folds[fold + 1 :])
    y_rest = np.concatenate(y_folds[:fold] + y_folds[fold + 1 :])
    dists = classifier.compute_distances_no_loops(X_rest)
    for k in k_choices:
        accuracies[k].append(np.mean(classifier.predict_labels(dists, k=k) == y_rest))
""",
    ),
    Variant(
        "knn-cross-validation",
        "loses-the-remainder",
        why="38 pictures in four folds of nine leave two that nobody uses",
        code="""
size = len(X) // num_folds
for fold in range(num_folds):
    held_out = np.arange(fold * size, (fold + 1) * size)
    others = np.setdiff1d(np.arange(num_folds * size), held_out)
    classifier = KNearestNeighbor()
    classifier.train(X[others], y[others])
    dists = classifier.compute_distances_no_loops(X[held_out])
    for k in k_choices:
        accuracies[k].append(np.mean(classifier.predict_labels(dists, k=k) == y[held_out]))
""",
    ),
    Variant(
        "knn-cross-validation",
        "computes-distances-for-every-k",
        why="the accuracies are right, but the wait is longer by the number of choices",
        edits=[
            (
                "y_pred = classifier.predict_labels(dists, k=k)",
                "y_pred = classifier.predict(X_folds[fold], k=k)",
            )
        ],
    ),
    Variant(
        "knn-cross-validation",
        "mean-instead-of-list",
        why="the spread between folds is what tells whether a difference means something",
        edits=[
            (
                "accuracies[k].append(float(np.mean(y_pred == y_folds[fold])))",
                "accuracies[k] = float(np.mean(y_pred == y_folds[fold]))",
            )
        ],
    ),
    Variant(
        "knn-cross-validation",
        "counts-instead-of-shares",
        why="a count is no accuracy",
        edits=[("float(np.mean(y_pred == y_folds[fold]))", "int(np.sum(y_pred == y_folds[fold]))")],
    ),
    Variant(
        "knn-cross-validation",
        "neighbouring-fold-is-lost",
        why="a slice from fold + 2 on leaves out the fold after the one held out",
        edits=[
            ("X_folds[:fold] + X_folds[fold + 1 :]", "X_folds[: fold or 1] + X_folds[fold + 2 :]"),
            ("y_folds[:fold] + y_folds[fold + 1 :]", "y_folds[: fold or 1] + y_folds[fold + 2 :]"),
        ],
    ),
    Variant(
        "knn-cross-validation",
        "always-the-last-fold",
        why="each fold should be held out once",
        edits=[
            ("    for fold in range(num_folds):", "    for fold in [num_folds - 1] * num_folds:")
        ],
    ),
    Variant(
        "knn-cross-validation",
        "labels-in-another-order",
        why="the labels must follow their pictures",
        edits=[
            (
                "np.concatenate(y_folds[:fold] + y_folds[fold + 1 :])",
                "np.concatenate(y_folds[fold + 1 :] + y_folds[:fold])",
            )
        ],
    ),
    Variant(
        "knn-cross-validation",
        "delete-and-indices",
        why="folds of indices instead of pictures, and k in the inner loop of a comprehension",
        code="""
numbers = np.arange(len(y))
for held_out in np.array_split(numbers, num_folds):
    others = np.delete(numbers, held_out)
    knn = KNearestNeighbor()
    knn.train(X[others], y[others])
    dists = knn.compute_distances_two_loops(X[held_out])
    for k in accuracies:
        accuracies[k] += [(knn.predict_labels(dists, k) == y[held_out]).mean()]
""",
        right=True,
    ),
    Variant(
        "knn-cross-validation",
        "stacks-the-folds",
        why="vstack and hstack put the pieces together as well; k may be the outer loop afterwards",
        code="""
X_parts, y_parts = np.array_split(X, num_folds), np.array_split(y, num_folds)
kept = []
for fold in range(num_folds):
    knn = KNearestNeighbor()
    knn.train(
        np.vstack([part for i, part in enumerate(X_parts) if i != fold]),
        np.hstack([part for i, part in enumerate(y_parts) if i != fold]),
    )
    kept.append((knn, knn.compute_distances_one_loop(X_parts[fold])))
for k in k_choices:
    accuracies[k] = [
        sum(knn.predict_labels(dists, k=k) == truth) / len(truth)
        for (knn, dists), truth in zip(kept, y_parts)
    ]
""",
        right=True,
    ),
]
