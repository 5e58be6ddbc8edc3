"""What a captioning model knows: its perplexity, and how much of that it owes to the pictures."""

from dataclasses import dataclass

import numpy as np

from cs231n.language.vocabulary import NULL, SPECIAL
from cs231n.training import training_recipe

__all__ = ["PictureUse", "perplexity_of", "picture_use"]

NOTHING = 1.02  # other pictures that make a perplexity grow by less make no difference


@dataclass(frozen=True)
class PictureUse:
    """Perplexities with the `right` pictures and with `exchanged` ones; printed, a sentence."""

    right: float
    exchanged: float

    @property
    def ignores(self) -> bool:
        """Whether other pictures make no difference worth the name."""
        return self.exchanged < NOTHING * self.right

    @property
    def nats(self) -> float:
        """What a picture tells about a word, in units of log p."""
        return float(np.log(self.exchanged / self.right))

    def __str__(self) -> str:
        numbers = f"perplexity {self.right:.2f} with the right pictures, {self.exchanged:.2f} with"
        verdict = "ignores its pictures" if self.ignores else "looks at its pictures"
        return f"The model {verdict}: {numbers} exchanged ones ({self.nats:.2f} nats a word)."


def perplexity_of(model, data, split="val", num_samples=None, batch_size=200, image_idxs=None):
    """Measure a model's perplexity on a split, without dropout.

    Parameters
    ----------
    model : CaptioningRNN or alike
        With `logprobs(features, captions)`.
    data : dict
        Of `coco_utils.load_coco_data`.
    split : str
    num_samples : int, optional
        Take only so many sentences, spread evenly, always the same.
    batch_size : int
        Sentences that are computed together.
    image_idxs : ndarray, shape (M,), int, optional
        Other pictures than the sentences' own.

    Returns
    -------
    float
    """
    captions = data[f"{split}_captions"]
    image_idxs = data[f"{split}_image_idxs"] if image_idxs is None else image_idxs
    null, chosen = data["word_to_idx"][SPECIAL[NULL]], np.arange(len(captions))
    if num_samples is not None and num_samples < len(captions):
        chosen = np.linspace(0, len(captions) - 1, num_samples).round().astype(int)
    logprobs, masks = [], []
    for low in range(0, len(chosen), batch_size):
        rows = chosen[low : low + batch_size]
        logprobs.append(model.logprobs(data[f"{split}_features"][image_idxs[rows]], captions[rows]))
        masks.append(captions[rows][:, 1:] != null)
    return training_recipe.perplexity(np.concatenate(logprobs), np.concatenate(masks))


def picture_use(model, data, split="val", rng=None, num_samples=None):
    """Find out whether a model looks at its pictures: exchange them, and measure again.

    Parameters
    ----------
    model, data, split, num_samples :
        As in `perplexity_of`.
    rng : numpy.random.Generator, optional
        Decides who gets which; by default one with seed 0.

    Returns
    -------
    PictureUse
        `print` it for the verdict in a sentence.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    others = training_recipe.exchange_pictures(data[f"{split}_image_idxs"], rng)
    return PictureUse(
        perplexity_of(model, data, split, num_samples),
        perplexity_of(model, data, split, num_samples, image_idxs=others),
    )
