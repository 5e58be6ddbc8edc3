"""A captioner of the student's own as one file: its settings, its words and its weights.

The file is read where nobody has seen it before: what the settings ask for is added up before any
array is made, and the arrays have to be those that the settings ask for.
"""

import json
from itertools import takewhile

import numpy as np

from cs231n.classifiers.rnn import ACTIVATIONS, CELLS, CaptioningRNN
from cs231n.drawn.features import NUMBERS
from cs231n.handin.nets import described, read_arrays, require_numbers, write_arrays
from cs231n.language.greedy import likeliest_words
from cs231n.language.vocabulary import END, NULL, SPECIAL, START
from cs231n.recurrent.captioning_graph import PICTURES, names_of

CAPTIONER = "hand_in/best_captioner.npz"
MOST_PARAMETERS = 2_000_000  # 8 MB
MOST_SIZE, MOST_LAYERS = 1024, 4
MOST_WORDS, MOST_LETTERS = 500, 40
MOST_TEXT = 50_000  # bytes of the description
LONGEST = 20  # words of a sentence
FRAMES = tuple(SPECIAL[number] for number in (NULL, START, END))
CHOICES = {"cell_type": tuple(CELLS), "picture": PICTURES, "activation": ACTIVATIONS}
SIZES = {"wordvec_dim": MOST_SIZE, "hidden_dim": MOST_SIZE, "num_layers": MOST_LAYERS}


def save_captioner(model, path=CAPTIONER):
    """Save a captioner for handing in.

    Parameters
    ----------
    model : CaptioningRNN
        With any options, trained on what `scene_features` gives, all 864 numbers as they come.
    path : str or Path

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If it cannot be graded; nothing is written then.
    """
    words = [model.idx_to_word[number] for number in range(len(model.word_to_idx))]
    settings = {key: model.settings[key] for key in (*CHOICES, *SIZES)}
    arrays = described(model.params, json.dumps({"settings": settings, "words": words}))
    read_captioner(arrays)
    return write_arrays(arrays, path)


def load_captioner(path=CAPTIONER):
    """Load what `save_captioner` wrote, as a CaptioningRNN; ValueError if it is something else."""
    return read_captioner(read_arrays(path))


def read_captioner(arrays):
    """Make the captioner that arrays describe, if it can be graded.

    Parameters
    ----------
    arrays : dict
        "description", uint8: the text of a JSON object with "settings" and "words"; and the
        parameters of a CaptioningRNN by their names.

    Returns
    -------
    CaptioningRNN
        Of float32, computed by the kit's own layers.

    Raises
    ------
    ValueError
        If it is no captioner of the embedded scenes, or a larger one than is taken.
    """
    settings, words = _read_description(arrays)
    shapes = shapes_of(settings, len(words))
    count = sum(int(np.prod(shape)) for shape in shapes.values())
    if count > MOST_PARAMETERS:
        msg = f"The captioner has {count:,} parameters; at most {MOST_PARAMETERS:,} can be handed"
        raise ValueError(f"{msg} in: make it smaller.")
    strangers = sorted(set(arrays) - set(shapes) - {"description"})
    if strangers:
        raise ValueError(f"{strangers[0]!r} is no parameter of the captioner that is described.")
    require_numbers(arrays, shapes)
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            msg = f"{name} should be {shape}, to go with the settings and {len(words)} words"
            raise ValueError(f"{msg}, but is {arrays[name].shape}.")
    word_to_idx = {word: number for number, word in enumerate(words)}
    model = CaptioningRNN(word_to_idx, input_dim=NUMBERS, **settings, fast=True, seed=0)
    with np.errstate(over="ignore"):  # what overflows gives other words, and nothing worse
        model.params = {name: arrays[name].astype(np.float32) for name in shapes}
    return model


def shapes_of(settings, V):
    """The shapes of a captioner's parameters, by name, without making it; V is its words."""
    W, H = settings["wordvec_dim"], settings["hidden_dim"]
    m = CELLS[settings["cell_type"]][0]
    entering = {"state": H, "step": W}.get(settings["picture"], m * H)
    shapes = {"W_embed": (V, W), "W_proj": (NUMBERS, entering), "b_proj": (entering,)}
    shapes |= {"W_vocab": (H, V), "b_vocab": (V,)}
    for layer in range(1, settings["num_layers"] + 1):
        sizes = [(W if layer == 1 else H, m * H), (H, m * H), (m * H,)]
        shapes |= dict(zip(names_of(layer), sizes))
    return shapes


def write_sentences(model, features, batch=100):
    """Write a sentence about each picture: always the likeliest word, up to "<END>" or 20 words.

    Parameters
    ----------
    model : CaptioningRNN
    features : ndarray, shape (N, D)
    batch : int
        Pictures at a time.

    Returns
    -------
    list of list of str
        "<END>" left out.
    """
    sentences = []
    start, end = (model.word_to_idx[SPECIAL[number]] for number in (START, END))
    for low in range(0, len(features), batch):
        for row in likeliest_words(model, features[low : low + batch], start, end, LONGEST):
            words = takewhile(lambda number: number != end, row.tolist())
            sentences.append([model.idx_to_word[number] for number in words])
    return sentences


def _read_description(arrays):
    """Settings and words of a file; ValueError if they are not such that a captioner has."""
    text = arrays.get("description")
    if type(text) is not np.ndarray or text.dtype != np.uint8 or text.ndim != 1:
        raise ValueError("The file has no description of a captioner.")
    if text.size > MOST_TEXT:
        raise ValueError(f"The description has {text.size} bytes; at most {MOST_TEXT} are taken.")
    try:
        about = json.loads(text.tobytes().decode())
    except (ValueError, RecursionError):
        raise ValueError("The description of the captioner is no JSON text.") from None
    if not isinstance(about, dict) or set(about) != {"settings", "words"}:
        raise ValueError("The description should be an object with settings and words.")
    _require_settings(about["settings"])
    _require_words(about["words"])
    return about["settings"], about["words"]


def _require_settings(settings):
    """Raise ValueError unless these are settings of a captioner, within bounds."""
    if not isinstance(settings, dict) or set(settings) != {*CHOICES, *SIZES}:
        raise ValueError(f"The settings should be {', '.join([*CHOICES, *SIZES])}.")
    for name, known in CHOICES.items():
        if not isinstance(settings[name], str) or settings[name] not in known:
            raise ValueError(f"{name} should be one of {', '.join(known)}.")
    for name, most in SIZES.items():
        if type(settings[name]) is not int or not 1 <= settings[name] <= most:
            raise ValueError(f"{name} should be a whole number from 1 to {most}.")
    if settings["cell_type"] == "lstm" and settings["activation"] != "tanh":
        raise ValueError("The activation of an LSTM should be tanh.")


def _require_words(words):
    """Raise ValueError unless these are different words, those that frame sentences among them."""
    plain = isinstance(words, list) and len(words) <= MOST_WORDS
    if not plain or not all(isinstance(w, str) and _is_word(w) for w in words):
        msg = f"The words should be a list of at most {MOST_WORDS} words"
        raise ValueError(f"{msg}, of 1 to {MOST_LETTERS} printable letters each.")
    if len(set(words)) < len(words):
        raise ValueError("A word comes twice in the list of words.")
    missing = [word for word in FRAMES if word not in words]
    if missing:
        raise ValueError(f"The words lack {missing[0]}: no sentence could be begun and ended.")


def _is_word(word):
    return 1 <= len(word) <= MOST_LETTERS and word.isprintable() and " " not in word
