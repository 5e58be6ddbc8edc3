"""Models that score pictures and sentences, with all that is needed to use them.

matcher = Matcher.load("runs/ranking")
scores = matcher.scores(pictures, [["a", "dog", "runs"]])
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.language.vocabulary import SPECIAL, Vocabulary
from cs231n.matching.data import Spread, numbers_of
from cs231n.matching.model import MatchingModel
from cs231n.matching.settings import Settings

__all__ = ["FILE", "Matcher"]

FILE = "matcher.npz"


class Matcher:
    """An ensemble: the mean of its models' scores.

    Parameters
    ----------
    models : list of MatchingModel
    vocabulary : Vocabulary
    spread : Spread
        Of the regions that it was trained on.
    regions : str
        Which kind these are; see `settings.REGIONS`.
    facts : dict
        What it was trained on, for people.
    """

    def __init__(self, models, vocabulary, spread, regions, facts=None):
        self.models, self.vocabulary, self.spread = models, vocabulary, spread
        self.regions, self.facts = regions, facts or {}

    def scores(self, data, sentences):
        """Score sentences with pictures.

        Parameters
        ----------
        data : RegionSet
        sentences : list of list of str

        Returns
        -------
        ndarray, shape (len(data), len(sentences)), float32

        Raises
        ------
        ValueError
            If the regions have other numbers than those that it was trained on.
        """
        D = len(self.spread.mean)
        if data.regions.shape[2] != D:
            raise ValueError(
                f"the model was trained on regions of {D} numbers, but these have "
                f"{data.regions.shape[2]}; name pictures of the kind that it was trained on."
            )
        words, lengths = numbers_of(sentences, self.vocabulary)
        regions = self.spread.standardised(data.regions)
        found = [model.scores(regions, data.mask, words, lengths) for model in self.models]
        return np.mean(found, axis=0)

    def unknown(self, words):
        """Return those of some words that it does not know."""
        return [word for word in words if word not in self.vocabulary.word_to_idx]

    def save(self, folder):
        """Write it to FOLDER/matcher.npz and return the path."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        tree = {
            "words": self.vocabulary.idx_to_word[len(SPECIAL) :],
            "mean": self.spread.mean,
            "std": self.spread.std,
            "regions": self.regions,
            "facts": self.facts,
            "settings": asdict(self.models[0].settings),
            "models": [model.params for model in self.models],
        }
        return save_tree(Path(folder) / FILE, tree)

    @classmethod
    def load(cls, folder):
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is none.
        ValueError
            If it is damaged, or of another version.
        """
        path = Path(folder) / FILE
        if not path.is_file():
            raise FileNotFoundError(
                f"{folder} holds no {FILE}; train one with `python -m cs231n rank train --out "
                f"{folder}`."
            )
        tree = load_tree(path)
        try:
            settings, vocabulary = Settings(**tree["settings"]), Vocabulary(tree["words"])
            spread, models = Spread(tree["mean"], tree["std"]), []
            for params in tree["models"]:
                model = MatchingModel(len(spread.mean), len(vocabulary), settings)
                model.params = {name: params[name] for name in model.params}
                models.append(model)
            return cls(models, vocabulary, spread, tree["regions"], tree["facts"])
        except (KeyError, TypeError):
            raise ValueError(f"{path} is damaged, or of another version; train anew.") from None
