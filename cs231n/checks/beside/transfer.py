"""What stands in for nets, generators and similarities while the checks of `transfer_learning` run.

It lives in the student's process; numbers come from the check, which knows what they lead to.
"""

import numpy as np

from cs231n.checks.beside.seeing import SeeingProbe
from cs231n.transfer import feature_transfer


class CountingProbe(SeeingProbe):
    """Remembers how many pictures came in each call."""

    def __init__(self, params):
        super().__init__(params)
        self.batches = []

    def forward(self, X, start=None, end=None, mode="test"):
        """Run the layers from start to end, both included."""
        self.batches.append(len(X))
        return super().forward(X, start, end, mode)


def subsets_of_seeds(y, sizes, seeds):
    """Call the student's `nested_subsets` with a generator of each seed."""
    rngs = [np.random.default_rng(seed) for seed in seeds]
    return [feature_transfer.nested_subsets(y, sizes, rng) for rng in rngs]


def plant(params, source, layers):
    """Call the student's `transplant`; return names that tell what it should not have done.

    Returns
    -------
    shared : list of str
        What came back is an array of the source itself, not a copy.
    replaced : list of str
        `params` themselves hold another array than before, or other numbers in it.
    """
    before = {name: (value, value.copy()) for name, value in params.items()}
    grown = feature_transfer.transplant(params, source, layers)
    shared = [name for name in source if np.shares_memory(grown[name], source[name])]
    replaced = [
        name
        for name, (array, numbers) in before.items()
        if params.get(name) is not array or not np.array_equal(array, numbers)
    ]
    return shared, replaced


def consensus_by_table(numbers, table):
    """Call the student's `consensus_sentence` with similarities that stand in a table (K, K)."""
    sentences = [f"sentence {number}" for number in numbers]

    def similarity(sentence, other):
        return float(table[int(sentence.split()[1]), int(other.split()[1])])

    return feature_transfer.consensus_sentence(sentences, similarity)
