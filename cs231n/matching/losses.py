"""What is wrong with scores of pictures and sentences: others come too close to the right ones."""

import numpy as np

__all__ = ["margin_loss"]


def margin_loss(scores, margin=0.2, hardest=False, fits=None):
    """Ask that right pairs score higher than wrong ones, by a margin, and differentiate.

    Picture n and sentence n belong together. With [x] = max(0, x), the loss is

    sum_n ( sum_m [margin + S_nm - S_nn] + sum_m [margin + S_mn - S_nn] )

    where m runs over all others: the sentences that are wrong for picture n, and the pictures that
    are wrong for sentence n.

    Parameters
    ----------
    scores : ndarray, shape (N, N), float
        Of pictures (rows) and sentences (columns).
    margin : float
    hardest : bool
        Instead of each inner sum take its largest term only, the first of equal ones.
    fits : ndarray, shape (N, N), bool, optional
        Further pairs that are not wrong, such as a sentence that somebody also wrote about
        another picture: they add nothing. The right pairs need not be marked.

    Returns
    -------
    loss : float
    dscores : ndarray, shape (N, N), dtype of the scores
        dL/dscores; where a term is exactly 0, it has no derivative here.

    References
    ----------
    A. Karpathy and L. Fei-Fei, CVPR 2015, equation 9 (all); F. Faghri et al., "VSE++: improving
    visual-semantic embeddings with hard negatives", BMVC 2018 (hardest).
    """
    ### BEGIN SOLUTION: both directions; what counts (all, or the hardest) has the derivative 1
    N = len(scores)
    right = np.eye(N, dtype=bool)
    spared = right if fits is None else right | fits
    own = np.diag(scores)
    loss, dscores = 0.0, np.zeros_like(scores)
    for axis, reference in ((1, own[:, None]), (0, own[None, :])):
        terms = np.where(spared, 0, np.maximum(0, margin + scores - reference))
        counted = terms > 0
        if hardest and N:
            worst = np.zeros_like(counted)
            np.put_along_axis(worst, np.expand_dims(terms.argmax(axis=axis), axis), True, axis)
            counted &= worst
        loss += float(terms[counted].sum(dtype=np.float64))
        dscores += counted
        dscores[right] -= counted.sum(axis=axis)
    ### END SOLUTION
    return loss, dscores
