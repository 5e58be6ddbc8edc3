"""A network that puts regions of pictures and words of sentences into one space, and scores them.

model = MatchingModel(features=22, vocabulary=60, settings=Settings())
scores, cache = model.forward(regions, region_mask, words, lengths)
grads = model.backward(dscores, cache)
"""

import numpy as np

from cs231n.kernels.fast_recurrent import word_embedding_backward_fast
from cs231n.matching.encoders import both_ways_backward, both_ways_forward
from cs231n.matching.scores import (
    alignment_backward,
    alignment_forward,
    attention_backward,
    attention_forward,
    unit_backward,
    unit_forward,
)

__all__ = ["MatchingModel"]

SPREAD = 0.1  # of first word vectors: that of the regions' first vectors, about
LARGEST = 1 << 24  # products of words and regions that are in memory at once, about


class MatchingModel:
    """Scores of pictures and sentences.

    v = r W_region + b_region of each region r; s = W_word[w] of each word w (`words` "plain"), or
    what a recurrent network says of these vectors that reads sentences both ways ("context"). With
    the score "whole" the means over a picture's regions, and a sentence's words, are compared.

    Parameters
    ----------
    features : int
        D, numbers of a region.
    vocabulary : int
        V, words.
    settings : Settings
    seed : int
        Of the first parameters, and of dropout.

    Attributes
    ----------
    params : dict
        Arrays of float32 by name.
    """

    def __init__(self, features, vocabulary, settings, seed=0):
        self.settings = settings
        self.rng = np.random.default_rng(seed)
        K, H = settings.dim, settings.word_dim
        self.params = {
            "W_region": self._drawn(features, K),
            "b_region": np.zeros(K, dtype=np.float32),
        }
        if settings.words == "plain":
            self.params["W_word"] = SPREAD * self._drawn(1, vocabulary * K).reshape(-1, K)
            return
        self.params["W_word"] = self._drawn(1, vocabulary * H).reshape(-1, H)
        for way in "fb":
            self.params[f"W{way}"] = self._drawn(H, H)
            self.params[f"U{way}"] = 0.5 * self._drawn(H, H)
            self.params[f"b{way}"] = np.zeros(H, dtype=np.float32)
        self.params["Wd"], self.params["bd"] = self._drawn(H, K), np.zeros(K, dtype=np.float32)

    def _drawn(self, rows, columns):
        draws = self.rng.normal(size=(rows, columns)) / np.sqrt(rows)
        return draws.astype(np.float32)

    def forward(self, regions, region_mask, words, lengths, train=False):
        """Score every sentence with every picture.

        Parameters
        ----------
        regions : ndarray, shape (N, R, D), float32
        region_mask : ndarray, shape (N, R), bool
        words : ndarray, shape (M, T), int
        lengths : ndarray, shape (M,), int
            Words of each sentence.
        train : bool
            Drop some of the regions' numbers, and of the words' vectors.

        Returns
        -------
        scores : ndarray, shape (N, M)
        cache : tuple
        """
        V, V_mask, of_regions = self.embed_regions(regions, region_mask, train)
        S, S_mask, of_words = self.embed_words(words, lengths, train)
        score = attention_forward if self.settings.score == "attention" else alignment_forward
        scores, of_scores = score(V, S, V_mask, S_mask, **self._options())
        return scores, (of_regions, of_words, of_scores)

    def backward(self, dscores, cache):
        """Go back through `forward`: derivatives with respect to all parameters, by name."""
        of_regions, of_words, of_scores = cache
        attends = self.settings.score == "attention"
        dV, dS = (attention_backward if attends else alignment_backward)(dscores, of_scores)
        return self._regions_back(dV, of_regions) | self._words_back(dS, of_words)

    def scores(self, regions, region_mask, words, lengths):
        """Score as `forward`, in parts that fit into memory, and keep nothing."""
        V, V_mask, _ = self.embed_regions(regions, region_mask)
        N, (M, T) = len(V), words.shape
        step = max(1, LARGEST // max(1, N * V.shape[1] * T))
        score = attention_forward if self.settings.score == "attention" else alignment_forward
        out = np.empty((N, M), dtype=np.float32)
        for low in range(0, M, step):
            part = slice(low, low + step)
            S, S_mask, _ = self.embed_words(words[part], lengths[part])
            out[:, part] = score(V, S, V_mask, S_mask, **self._options())[0]
        return out

    def embed_regions(self, regions, mask, train=False):
        """Return the vectors (N, R, K) of regions, which are there, and a cache."""
        kept = self._kept(regions, train)
        regions = regions * kept if train else regions
        v = regions @ self.params["W_region"] + self.params["b_region"]
        v, new_mask, pooled = self._pooled(v, mask)
        v, units = unit_forward(v) if self.settings.cosine else (v, None)
        return v, new_mask, (regions, pooled, units)

    def embed_words(self, words, lengths, train=False):
        """Return the vectors (M, T, K) of words, which are there, and a cache."""
        x = self.params["W_word"][words]
        kept = self._kept(x, train)
        x = x * kept if train else x
        s, read = x, None
        if self.settings.words == "context":
            s, read = both_ways_forward(x, lengths, self.params)
        mask = np.arange(words.shape[1]) < lengths[:, None]
        s, mask, pooled = self._pooled(s, mask)
        s, units = unit_forward(s) if self.settings.cosine else (s, None)
        return s, mask, (words, kept, read, pooled, units)

    def _options(self):
        options = {"mean": self.settings.mean}
        if self.settings.score == "attention":
            options["sharpness"] = self.settings.sharpness
        return options

    def _kept(self, x, train):
        """What dropout multiplies with; None where nothing is dropped."""
        share = self.settings.dropout
        if not train:
            return None
        return (self.rng.random(x.shape, dtype=np.float32) >= share) / np.float32(1 - share)

    def _pooled(self, x, mask):
        """The mean of those that are there as the only one, if the score is "whole"."""
        if self.settings.score != "whole":
            return x, mask, None
        weights = mask / np.maximum(mask.sum(axis=1, keepdims=True), 1)
        weights = weights.astype(np.float32)[:, :, None]
        return (x * weights).sum(axis=1, keepdims=True), np.ones((len(x), 1), dtype=bool), weights

    def _regions_back(self, dv, cache):
        regions, pooled, units = cache
        dv = dv if units is None else unit_backward(dv, units)
        dv = dv if pooled is None else dv * pooled
        flat = dv.reshape(-1, dv.shape[-1])
        dW = regions.reshape(-1, regions.shape[-1]).T @ flat
        return {"W_region": dW, "b_region": flat.sum(axis=0)}

    def _words_back(self, ds, cache):
        words, kept, read, pooled, units = cache
        ds = ds if units is None else unit_backward(ds, units)
        ds = ds if pooled is None else ds * pooled
        dx, grads = (ds, {}) if read is None else both_ways_backward(ds, read)
        dx = dx if kept is None else dx * kept
        V = len(self.params["W_word"])
        return grads | {"W_word": word_embedding_backward_fast(np.ascontiguousarray(dx), words, V)}
