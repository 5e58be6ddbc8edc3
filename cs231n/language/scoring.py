"""Scores of captions under one name everywhere: BLEU, ROUGE-L, METEOR and CIDEr-D."""

import numpy as np

from cs231n.language.meteor import meteor
from cs231n.language.metrics import bleu, cider_d_each, rouge_l

__all__ = ["SCORES", "caption_scores"]

WHOLE_SETS = {"bleu": bleu, "rouge_l": rouge_l, "meteor": meteor}
SCORES = (*WHOLE_SETS, "cider_d")


def caption_scores(candidates, references, names=SCORES):
    """Compute scores of one sentence for each picture.

    Parameters
    ----------
    candidates : list of list of str
    references : list of list of list of str
    names : iterable of str
        Which of `SCORES`; METEOR takes most of the time.

    Returns
    -------
    dict
        bleu (four numbers), rouge_l, meteor (exact+stem), cider_d, and with it cider_d_error, its
        standard error over the pictures, None for a single one.

    Raises
    ------
    ValueError
        If a name is unknown, or there is not one candidate and at least one reference for every
        picture.
    """
    found = {}
    for name in names:
        if name == "cider_d":
            found |= _cider_d(candidates, references)
        elif name in WHOLE_SETS:
            found[name] = WHOLE_SETS[name](candidates, references)
        else:
            known = ", ".join(SCORES)
            raise ValueError(f"caption_scores: there is no score {name!r}; take some of {known}.")
    return found


def _cider_d(candidates, references):
    """The mean of CIDEr-D over the pictures, and its standard error."""
    each = cider_d_each(candidates, references)
    error = float(np.std(each, ddof=1) / np.sqrt(len(each))) if len(each) > 1 else None
    return {"cider_d": sum(each) / len(each), "cider_d_error": error}
