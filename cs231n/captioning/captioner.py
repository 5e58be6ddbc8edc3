"""A captioner: all that is needed to write sentences about pictures, in one file.

    captioner = Captioner.load("runs/ucm")
    features = captioner.features_of(X)  # X (N, H, W, 3) uint8
    for row in features:
        sentence = captioner.describe(row)[0]
        print(captioner.words(sentence), sentence.logprob)

It is a model to the functions of `decoding`, too: it has `begin` and `advance`.
"""

from pathlib import Path

import numpy as np

from cs231n.captioning import features as caption_features
from cs231n.captioning.consensus import Memory, by_consensus
from cs231n.captioning.settings import WITHOUT_CHANCE
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.language import decoding
from cs231n.language.greedy import likeliest_words
from cs231n.language.vocabulary import END, NULL, SPECIAL, START, UNK, Vocabulary

__all__ = ["FILE", "Captioner"]

FILE = "captioner.npz"  # in the folder of a run
FORM = "captioner 1"
NEVER_SAID = [NULL, START, UNK]


class Captioner:
    """One or more models, with the words they know and the features they expect.

    Parameters
    ----------
    models : list of CaptioningRNN
        Several are an ensemble: the probabilities of the next word are averaged.
    vocabulary : Vocabulary
        That of all models.
    extractor : {"efficientnet-lite0", "scenes", "given"}
        What turns pictures into features; "given" ones came from a file.
    facts : dict, optional
        Plain values, for people: data, seconds, scores, seed.
    mean, scale : ndarray, shape (D,), optional
        Models are given (features - mean) / scale.
    memory : Memory, optional
        Pictures whose sentences are known, for the decoder "consensus".

    Attributes
    ----------
    models, vocabulary, extractor, facts, mean, scale, memory

    Raises
    ------
    ValueError
        If there is no model, or one has another vocabulary than the others.
    """

    def __init__(
        self, models, vocabulary, extractor="given", facts=None, mean=None, scale=None, memory=None
    ):
        if not models:
            raise ValueError("Captioner: models is empty; give one CaptioningRNN or more.")
        for model in models:
            if len(model.word_to_idx) != len(vocabulary):
                raise ValueError(
                    f"Captioner: a model knows {len(model.word_to_idx)} words, but the vocabulary "
                    f"has {len(vocabulary)}; all should have the same."
                )
        self.models, self.vocabulary, self.extractor = list(models), vocabulary, extractor
        self.facts = {} if facts is None else facts
        dim = self.input_dim
        self.mean = np.zeros(dim, np.float32) if mean is None else np.asarray(mean, np.float32)
        self.scale = np.ones(dim, np.float32) if scale is None else np.asarray(scale, np.float32)
        self.memory = memory
        nothing = np.zeros((1, dim), dtype=np.float32)
        self._parts = [len(model.begin(nothing)) for model in self.models]  # arrays in a state

    @property
    def input_dim(self):
        """D, numbers in a picture's features."""
        return len(self.models[0].params["W_proj"])

    @property
    def decoder(self):
        """What `describe` uses unless told: "consensus" where there is a memory, else "beam"."""
        return "beam" if self.memory is None else "consensus"

    def features_of(self, X):
        """Compute features of pictures.

        Parameters
        ----------
        X : ndarray, shape (N, H, W, 3), uint8
            Best of the height and width that `picture_size` says; others are resized.

        Returns
        -------
        ndarray, shape (N, D), float32

        Raises
        ------
        ValueError
            If the features were given in a file, so that nobody knows how to compute them.
        """
        return caption_features.compute(X, self.extractor)

    @property
    def picture_size(self):
        """Height and width of the pictures that the features are computed from."""
        return caption_features.picture_size(self.extractor)

    def begin(self, features):
        """The state before the first word, for features (N, D): a tuple of arrays (N, ...)."""
        features = self.normalised(features)
        return tuple(part for model in self.models for part in model.begin(features))

    def advance(self, state, words):
        """Read one more word (N,) of each sentence; return scores (N, V) and the next state.

        Scores are log-probabilities, and minus infinity for what is never said.
        """
        likely, after, low = 0.0, [], 0
        for model, count in zip(self.models, self._parts):
            scores, part = model.advance(state[low : low + count], words)
            low += count
            scores = scores.astype(np.float64)
            scores[:, NEVER_SAID] = -np.inf
            odds = np.exp(scores - scores.max(axis=1, keepdims=True))
            likely = likely + odds / odds.sum(axis=1, keepdims=True)
            after += part
        with np.errstate(divide="ignore"):
            return np.log(likely / len(self.models)), tuple(after)

    def logprobs(self, features, captions):
        """Log-probabilities (N, T) of the words captions[:, 1:], 0 where that is <NULL>."""
        features = self.normalised(features)
        each = [model.logprobs(features, captions).astype(np.float64) for model in self.models]
        mean = np.logaddexp.reduce(each) - np.log(len(each))
        return np.where(captions[:, 1:] == NULL, 0.0, mean)

    def normalised(self, features):
        """Features (N, D) as the models want them.

        Raises
        ------
        ValueError
            If they have another shape.
        """
        features = np.asarray(features)
        if features.ndim != 2 or features.shape[1] != self.input_dim:
            raise ValueError(
                f"Captioner: features should be (N, {self.input_dim}) but are {features.shape}; "
                f"give those that it was trained with ({self.extractor})."
            )
        return (features.astype(np.float32) - self.mean) / self.scale

    def describe(self, features, width=5, best=1, length_penalty=1.0, max_length=30, decoder=None):
        """Write sentences about one picture.

        Parameters
        ----------
        features : ndarray, shape (D,)
        width : int
            Of the beam.
        best : int
            How many sentences to return; greedy has one only.
        length_penalty : float
            See `decoding.beam_search`.
        max_length : int
            Words at most, "<END>" among them.
        decoder : {"greedy", "beam", "consensus"}, optional
            By default `decoder`.

        Returns
        -------
        list of decoding.Sentence
            The best first.

        Raises
        ------
        ValueError
            If there is no such decoder, or no memory for "consensus".
        """
        decoder = decoder or self.decoder
        if decoder not in WITHOUT_CHANCE:
            known = ", ".join(WITHOUT_CHANCE)
            raise ValueError(f"decoder is {decoder!r} but should be one of {known}.")
        if decoder == "greedy":
            return [decoding.greedy(self, features, START, END, max_length)]
        if decoder == "consensus":
            return self._by_consensus(features, best, max_length)
        return decoding.beam_search(
            self, features, START, END, max(width, best), max_length, length_penalty, best
        )

    def write(self, features, max_length=30):
        """Write a sentence about each of many pictures, greedily and all at once.

        Parameters
        ----------
        features : ndarray, shape (N, D)
        max_length : int

        Returns
        -------
        list of list of str
            The same words as of the decoder "greedy".
        """
        return self.vocabulary.decode(likeliest_words(self, features, START, END, max_length))

    def words(self, sentence):
        """Spell a sentence out: its words with spaces between."""
        return " ".join(self.vocabulary.idx_to_word[number] for number in sentence.words)

    def save(self, folder):
        """Write all of it to a file in a folder, which is made; return the file's path."""
        memory = None if self.memory is None else self.memory.tree()
        tree = {
            "form": FORM,
            "words": self.vocabulary.idx_to_word[len(SPECIAL) :],
            "extractor": self.extractor,
            "facts": self.facts,
            "mean": self.mean,
            "scale": self.scale,
            "models": [
                {"settings": model.settings, "params": model.params} for model in self.models
            ],
            "memory": memory,
        }
        return save_tree(Path(folder) / FILE, tree)

    @classmethod
    def load(cls, folder):
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            If the folder holds no captioner.
        ValueError
            If the file is damaged, or another thing.
        """
        path = Path(folder) / FILE
        if not path.is_file():
            raise FileNotFoundError(
                f"{folder} holds no captioner; train one with "
                f"`python -m cs231n caption train DATA --out {folder}`."
            )
        tree = load_tree(path)
        if not isinstance(tree, dict) or tree.get("form") != FORM:
            raise ValueError(f"{path} is no captioner of this kit; train it anew.")
        try:
            vocabulary = Vocabulary(tree["words"])
            models = [_model(vocabulary, **saved) for saved in tree["models"]]
            memory = None if tree["memory"] is None else Memory(**tree["memory"])
            about = [tree[name] for name in ("extractor", "facts", "mean", "scale")]
            return cls(models, vocabulary, *about, memory)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            msg = f"{path} is damaged ({type(error).__name__}: {error}); train it anew."
            raise ValueError(msg) from None

    def _by_consensus(self, features, best, max_length):
        if self.memory is None:
            raise ValueError(
                "this captioner remembers no pictures, which consensus needs; take the decoder "
                "beam or greedy, or train it with `python -m cs231n caption train`."
            )
        return by_consensus(self, features, best, max_length)


def _model(vocabulary, settings, params):
    """Make a model whose parameters are all there, of the sizes that the settings ask for."""
    sizes = {
        "input_dim": params["W_proj"].shape[0],
        "wordvec_dim": params["W_embed"].shape[1],
        "hidden_dim": params["Wh"].shape[0],
    }
    wrong = [name for name, size in sizes.items() if settings[name] != size]
    if wrong:
        raise ValueError(f"{wrong[0]} is {settings[wrong[0]]}, its parameters have another size")
    model = CaptioningRNN(vocabulary.word_to_idx, **settings)
    shapes = {name: value.shape for name, value in model.params.items()}
    if shapes != {name: value.shape for name, value in params.items()}:
        raise ValueError("parameters and settings do not fit")
    model.params = params
    return model
