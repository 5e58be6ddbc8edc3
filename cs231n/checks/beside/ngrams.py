"""N-grams as plain data, and chances by counts that are given."""

import numpy as np

from cs231n.language import ngrams


def counts(sequences, n):
    """Call `count_ngrams`: rows of (context, token, count), or what it returned if not dicts."""
    found = ngrams.count_ngrams(sequences, n)
    if not isinstance(found, dict) or not all(isinstance(row, dict) for row in found.values()):
        return found
    return [
        (_plain(context), _plain(token), _plain(count))
        for context, row in found.items()
        for token, count in row.items()
    ]


def _plain(value):
    """Whole numbers as int and tuples of them as tuple; a text for anything else."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return int(value) if isinstance(value, int | np.integer) else repr(value)[:80]


def chances(order, V, counted, queries):
    """Call `probability` for each (token, context), with these counts in the place of the model's.

    `counted` holds for each length of context the rows (context, token, count).
    """
    model = ngrams.NgramModel(order, V)
    for rows in counted:
        found = {tuple(row[0]): {} for row in rows}
        for known, following, times in rows:
            found[tuple(known)][following] = times
        model.counts.append(found)
        model.totals.append({known: sum(row.values()) for known, row in found.items()})
    return [model.probability(token, tuple(context)) for token, context in queries]
