"""Train a captioner on pictures with sentences: `python -m cs231n caption train`.

The settings: features standardised; an LSTM whose first state is the picture; dropout on pictures,
words and states; Adam; sentences of like length in a batch; after each epoch the sentences that the
model writes about the validation pictures are compared with people's, and the parameters that do
best are kept. Several models, from several seeds, make an ensemble.
"""

import traceback
from pathlib import Path

import numpy as np

from cs231n import optim
from cs231n.captioning.captioner import Captioner
from cs231n.captioning.first_vectors import FirstVectors
from cs231n.captioning.sets import CaptionSet
from cs231n.captioning.settings import Settings
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.language import decoding, sentence_scores
from cs231n.language.scoring import caption_scores
from cs231n.language.vocabulary import END, NULL, SPECIAL, START, Vocabulary
from cs231n.training import training_recipe
from cs231n.training.batches import order_by_length
from cs231n.training.solver_state import randomness

__all__ = ["ByLength", "arrays_of", "require_written", "split_off", "train_model"]

LONGEST = 30  # numbers in a caption, <START> and <END> included
CLIP = 5.0
AVERAGED = 0.99  # how much of a mean of parameters stays from step to step
WORDS = 100  # times the first vectors of words: as much then enters the cell as from its state
LEAST_SPREAD = 1e-2  # of a feature, as a share of the mean spread: rarer ones are not blown up


class ByLength(CaptioningSolver):
    """A solver with batches of sentences of about one length, which keeps averages of parameters.

    Every epoch goes through all sentences in a new order; of each eight batches of it the sentences
    are sorted by length before they are cut into batches, whose order is drawn, too. So few steps
    are for nothing; but what a batch teaches depends on its length. Therefore what is validated,
    and in the end kept, is the mean of the parameters over the last hundred steps or so.

    References
    ----------
    B. Polyak and A. Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    """

    def _step(self):
        super()._step()
        share = max(1 - AVERAGED, 9 / (10 + self.iteration))  # early on, fewer steps count
        for name, config in self.optim_configs.items():
            new = self.model.params[name]
            old = config.get("average", new)
            config["average"] = old + new.dtype.type(share) * (new - old)

    def _validate(self):
        params = self.model.params
        self.model.params = {
            name: config.get("average", params[name]) for name, config in self.optim_configs.items()
        }
        super()._validate()
        self.model.params = params

    def _new_order(self, count):
        """The sentences of an epoch, those of a batch of about one length."""
        lengths = (self.data["train_captions"] != NULL).sum(axis=1)
        return order_by_length(self.rng, lengths, self.batch_size)


def split_off(train: CaptionSet, seed: int, share: int = 10) -> tuple[CaptionSet, CaptionSet]:
    """Set a tenth of the pictures aside, drawn at random, where a set has none for validation.

    Raises
    ------
    ValueError
        If there are fewer than two pictures.
    """
    if len(train) < 2:
        raise ValueError(f"there is {len(train)} picture to train on; give 2 or more.")
    chosen = np.random.default_rng(seed).permutation(len(train))
    count = max(1, len(train) // share)
    return train.rows(np.sort(chosen[count:])), train.rows(np.sort(chosen[:count]))


def arrays_of(
    train: CaptionSet, val: CaptionSet, settings: Settings
) -> tuple[dict, Vocabulary, tuple]:
    """Turn sets into what solvers and models take.

    Returns
    -------
    data : dict
        As of `coco_utils.load_coco_data`; its features are standardised.
    vocabulary : Vocabulary
    spread : tuple of ndarray
        The mean and the standard deviation (D,) of the training features.
    """
    vocabulary = Vocabulary.count(
        (words for said in train.sentences for words in said), settings.at_least
    )
    length = max(len(words) for said in train.sentences for words in said) + 2
    mean, std = train.features.mean(axis=0), train.features.std(axis=0)
    scale = np.maximum(std, max(LEAST_SPREAD * std.mean(), np.finfo(np.float32).tiny))
    data = {"idx_to_word": vocabulary.idx_to_word, "word_to_idx": vocabulary.word_to_idx}
    for split, rows in (("train", train), ("val", val)):
        captions, image_idxs = vocabulary.encode_all(rows.sentences, min(length, LONGEST))
        data[f"{split}_captions"], data[f"{split}_image_idxs"] = captions, image_idxs
        data[f"{split}_features"] = (rows.features - mean) / scale
    return data, vocabulary, (mean, scale)


def train_model(
    settings: Settings,
    data: dict,
    val: CaptionSet,
    name: Path,
    seed: int,
    *,
    resume: bool = False,
    progress: bool = True,
    first: FirstVectors | None = None,
) -> tuple[CaptioningRNN, CaptioningSolver]:
    """Train one model.

    Parameters
    ----------
    settings : Settings
    data : dict
        Of `arrays_of`.
    val : CaptionSet
    name : Path
        Checkpoints are written to `name`_latest.npz.
    seed : int
        Of this model.
    resume : bool
        Go on from the checkpoint if there is one, bit for bit.
    progress : bool
        Whether to show a live line on stderr.
    first : FirstVectors, optional
        What words start from that have a vector there.

    Returns
    -------
    model : CaptioningRNN
        With the parameters that did best on the validation pictures.
    solver : CaptioningSolver
        With all histories.
    """
    vocabulary = Vocabulary(data["idx_to_word"][len(SPECIAL) :])
    model = CaptioningRNN(
        vocabulary.word_to_idx,
        data["train_features"].shape[1],
        settings.wordvec_dim,
        settings.hidden_dim,
        settings.cell_type,
        picture=settings.picture,
        dropout=settings.dropout,
        fast=True,
        seed=seed,
    )
    bias = training_recipe.bias_from_counts(data["train_captions"], len(vocabulary), NULL)
    model.params["b_vocab"][:] = bias
    model.params["W_embed"] *= WORDS
    if first is not None:
        first.put(model.params["W_embed"], vocabulary.word_to_idx)
    measure = _Measure(vocabulary, data["val_features"], val)
    latest = Path(f"{name}_latest.npz")
    if resume and latest.exists():
        changes = {"measure": measure, "num_epochs": settings.num_epochs, "progress": progress}
        solver = ByLength.resume(latest, model, data, **changes)
    else:
        solver = ByLength(
            model,
            data,
            update_rule="adam",
            optim_config={"learning_rate": settings.learning_rate},
            lr_decay=settings.lr_decay,
            batch_size=min(settings.batch_size, len(data["train_captions"])),
            num_epochs=settings.num_epochs,
            shuffle=True,
            clip=CLIP,
            val_every=1,
            patience=settings.patience,
            measure=measure,
            checkpoint_name=str(name),
            progress=progress,
            verbose=progress,
            seed=seed,
        )
    solver.train()
    return model, solver


def require_written() -> None:
    """Call the exercises that training and evaluation use on tiny arguments, whatever they return.

    Raises
    ------
    NotImplementedError
        If some are not written yet; it names all of them.
    """
    missing, stubs = {}, set()  # module -> its functions that are not written; exercises
    for function, *arguments in _uses():
        try:
            function(*arguments)
        except NotImplementedError as error:
            stubs.add(str(error).partition(": ")[0])  # a stub begins with the exercise's name
            *_, (frame, _) = traceback.walk_tb(error.__traceback__)  # of what it may have called
            names = missing.setdefault(frame.f_globals["__name__"], {})
            names[frame.f_code.co_qualname] = True
    if missing:
        places = [
            f"{', '.join(names)} in {module.replace('.', '/')}.py"
            for module, names in missing.items()
        ]
        raise NotImplementedError(
            f"training a captioner uses exercises of yours that are not written yet: "
            f"{'; '.join(places)}. Write them first; `python -m cs231n check "
            f"{' '.join(sorted(stubs))}` says how far they are."
        )


def _uses():
    """Exercises that `caption train` calls, each with arguments that it should take."""
    words = Vocabulary(["star"]).word_to_idx
    captions = np.array([[START, words["star"], END], [START, END, NULL]])
    data = {"word_to_idx": words, "train_captions": captions}
    data |= {"train_image_idxs": np.arange(2), "train_features": np.ones((2, 3), np.float32)}
    model = CaptioningRNN(words, 3, 2, 2, "lstm", fast=True, seed=0)
    solver = ByLength(model, data, seed=0)
    state = {name: getattr(solver, name) for name in ("iteration", "epoch", "order")}
    state |= {"params": model.params, "optim_configs": solver.optim_configs}
    state["randomness"] = randomness(solver.rng, model)
    likely, said = np.log([[0.1, 0.1, 0.2, 0.1, 0.5]]), ["star"]
    begun = [decoding.Sentence((), (), False)]
    return [
        (optim.adam, np.ones(2), np.ones(2)),
        (training_recipe.bias_from_counts, captions, len(words), NULL),
        (training_recipe.clip_elementwise, {"b": np.ones(2)}, CLIP),
        (training_recipe.perplexity, np.zeros((2, 2)), captions[:, 1:] != NULL),
        (training_recipe.exchange_pictures, np.arange(2), np.random.default_rng(0)),
        (training_recipe.snapshot, solver),
        (training_recipe.restore, solver, state),
        (decoding.log_softmax, likely),
        (decoding.extend_beams, begun, likely, END, 2),
        (decoding.beam_search, model, np.ones(3), START, END, 2, 2),
        (sentence_scores.clipped_matches, said, [said], 1),
        (sentence_scores.brevity_penalty, [said], [[said]]),
        (sentence_scores.longest_common, said, said),
    ]


class _Measure:
    """CIDEr-D of the greedy sentences of the validation pictures."""

    def __init__(self, vocabulary, features, val):
        self.vocabulary, self.features = vocabulary, features
        self.references = list(val.sentences)

    def __call__(self, model):
        captioner = Captioner([model], self.vocabulary)
        sentences = captioner.write(self.features)
        return caption_scores(sentences, self.references, ["cider_d"])["cider_d"]
