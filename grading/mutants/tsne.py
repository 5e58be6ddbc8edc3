"""Variants of the exercises of t-SNE."""

from grading.mutants import Variant

VARIANTS = [
    # --- tsne-probabilities
    Variant(
        "tsne-probabilities",
        "turned-search",
        why="too many neighbours: b has to grow",
        edits=[("if entropy > np.log(perplexity):", "if entropy < np.log(perplexity):")],
    ),
    Variant(
        "tsne-probabilities",
        "entropy-in-bits",
        why="exp goes with the natural logarithm",
        edits=[
            (
                "entropy = -np.sum(p[p > 0] * np.log(p[p > 0]))",
                "entropy = -np.sum(p[p > 0] * np.log2(p[p > 0]))",
            )
        ],
    ),
    Variant(
        "tsne-probabilities",
        "perplexity-for-entropy",
        why="the perplexity is exp of the entropy",
        edits=[("if entropy > np.log(perplexity):", "if entropy > perplexity:")],
    ),
    Variant(
        "tsne-probabilities",
        "ten-halvings",
        why="ten halvings leave b a thousandth of the range uncertain",
        edits=[("for _ in range(100):", "for _ in range(10):")],
    ),
    Variant(
        "tsne-probabilities",
        "its-own-neighbour",
        why="p[i, i] is 0",
        code="""
row = distances[i] / distances[i].mean()
for _ in range(100):
    b = (low + high) / 2
    p = np.exp(-b * row)
    p /= p.sum()
    entropy = -np.sum(p[p > 0] * np.log(p[p > 0]))
    low, high = (b, high) if entropy > np.log(perplexity) else (low, b)
P[i] = p
""",
    ),
    Variant(
        "tsne-probabilities",
        "diagonal-out-of-place",
        why="the row without i has N - 1 entries, which have to go to the right places",
        edits=[("P[i, np.arange(N) != i] = p", "P[i, : N - 1] = p")],
    ),
    Variant(
        "tsne-probabilities",
        "not-normalised",
        why="a row sums to 1",
        edits=[("            p /= p.sum()\n", "")],
    ),
    Variant(
        "tsne-probabilities",
        "columns",
        why="row i belongs to point i",
        edits=[("P[i, np.arange(N) != i] = p", "P[np.arange(N) != i, i] = p")],
    ),
    Variant(
        "tsne-probabilities",
        "on-a-logarithmic-scale",
        why="the geometric mean halves the logarithms",
        code="""
low = 1e-15
def neighbours(b):
    p = np.exp(-b * d)
    return p / p.sum()
while high / low > 1 + 1e-12:
    b = np.sqrt(low * high)
    p = neighbours(b)
    some = p[p > 0]
    if np.exp(-(some * np.log(some)).sum()) > perplexity:
        low = b
    else:
        high = b
P[i] = np.insert(neighbours(b), i, 0)
""",
        right=True,
    ),
    # --- tsne-gradient
    Variant(
        "tsne-gradient",
        "with-itself",
        why="a point is not its own neighbour",
        edits=[("    np.fill_diagonal(closeness, 0)\n", "")],
    ),
    Variant(
        "tsne-gradient",
        "half",
        why="both p[i, j] and p[j, i] pull",
        edits=[("dY = 4 * (pull", "dY = 2 * (pull")],
    ),
    Variant(
        "tsne-gradient",
        "turned",
        why="uphill, as a derivative points",
        edits=[
            (
                "dY = 4 * (pull.sum(axis=1, keepdims=True) * Y - pull @ Y)",
                "dY = 4 * (pull @ Y - pull.sum(axis=1, keepdims=True) * Y)",
            )
        ],
    ),
    Variant(
        "tsne-gradient",
        "as-sne",
        why="this is the derivative for Gaussian q",
        edits=[("pull = (P - Q) * closeness", "pull = P - Q")],
    ),
    Variant(
        "tsne-gradient",
        "rows-sum-to-one",
        why="all q together sum to 1",
        edits=[
            (
                "Q = closeness / closeness.sum()",
                "Q = closeness / closeness.sum(axis=1, keepdims=True)",
            )
        ],
    ),
    Variant(
        "tsne-gradient",
        "turned-divergence",
        why="p log(p / q), not q log(q / p)",
        edits=[
            (
                "np.sum(P[some] * np.log(P[some] / Q[some]))",
                "np.sum(Q[some] * np.log(Q[some] / P[some]))",
            )
        ],
    ),
    Variant(
        "tsne-gradient",
        "log-of-zero",
        why="0 log 0 counts as 0",
        code="""
np.fill_diagonal(closeness, 0)
Q = closeness / closeness.sum()
off = ~np.eye(len(Y), dtype=bool)
loss = float(np.sum(P[off] * np.log(P[off] / Q[off])))
pull = (P - Q) * closeness
dY = 4 * (pull.sum(axis=1, keepdims=True) * Y - pull @ Y)
""",
    ),
    Variant(
        "tsne-gradient",
        "point-by-point",
        why="loops over points",
        code="""
N = len(Y)
near = np.zeros((N, N))
for i in range(N):
    for j in range(N):
        near[i, j] = i != j and 1 / (1 + np.sum((Y[i] - Y[j]) ** 2))
Q = near / near.sum()
for i in range(N):
    for j in range(N):
        if P[i, j] > 0:
            loss += float(P[i, j] * (np.log(P[i, j]) - np.log(Q[i, j])))
        dY[i] += 4 * (P[i, j] - Q[i, j]) * near[i, j] * (Y[i] - Y[j])
""",
        right=True,
    ),
]
