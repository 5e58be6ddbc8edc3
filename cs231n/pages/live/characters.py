"""Models of characters as plain arrays: recurrent layers, and scores of what follows."""

from dataclasses import dataclass

import numpy as np

__all__ = ["CELLS", "CharacterModel", "character_model"]

CELLS = ("lstm", "tanh", "relu")


@dataclass(frozen=True)
class CharacterModel:
    """A model that writes, as arrays.

    Attributes
    ----------
    characters : tuple of str
        V of them, each one character: number k stands for characters[k]; of a model of bytes those
        with the numbers 0 to 255.
    embed : ndarray, shape (V, D)
        A vector for each character; the identity where characters go in as one-hot vectors.
    layers : list of (Wx, Wh, b)
        The lowest first: (D, G), (H, G), (G,). An LSTM has G = 4H, its gates in the order input,
        forget, output, and what is written; else G = H.
    W_vocab, b_vocab : ndarray, shapes (H, V), (V,)
    cell : {"lstm", "tanh", "relu"}
    name : str
    level : {"characters", "bytes"}
    """

    characters: tuple
    embed: np.ndarray
    layers: list
    W_vocab: np.ndarray
    b_vocab: np.ndarray
    cell: str = "lstm"
    name: str = "model"
    level: str = "characters"

    def begin(self):
        """States before the first character: for each layer (h, c), zeros."""
        return [(np.zeros(len(Wh)), np.zeros(len(Wh))) for _, Wh, _ in self.layers]

    def step(self, states, number):
        """Read one more character.

        Returns
        -------
        scores : ndarray, shape (V,)
            Of what follows.
        states : list of (h, c)
        """
        x, after = self.embed[number], []
        for (Wx, Wh, b), (h, c) in zip(self.layers, states):
            a = x @ Wx + h @ Wh + b
            if self.cell == "lstm":
                i, f, o = (1 / (1 + np.exp(-part)) for part in np.split(a, 4)[:3])
                c = f * c + i * np.tanh(a[3 * len(h) :])
                x = o * np.tanh(c)
            else:
                x = c = np.tanh(a) if self.cell == "tanh" else np.maximum(a, 0)
            after.append((x, c))
        return x @ self.W_vocab + self.b_vocab, after


def character_model(params, characters, cell=None, name="model", level="characters"):
    """Collect the arrays of a language model.

    Parameters
    ----------
    params : dict of ndarray
        W_vocab, b_vocab; Wx1, Wh1, b1, and so on for each layer (Wx, Wh, b for one alone); W_embed,
        if characters have vectors.
    characters : sequence of str
    cell : {"lstm", "tanh", "relu"}, optional
        By default an LSTM where Wx has four times as many columns as Wh has rows, else "tanh".
    name : str
    level : {"characters", "bytes"}

    Returns
    -------
    CharacterModel

    Raises
    ------
    ValueError
        If arrays are missing or do not go together.
    """
    first = dict.fromkeys(("Wx", "Wh", "b"), "1")
    params = {f"{key}{first.get(key, '')}": np.asarray(v) for key, v in params.items()}
    count = sum(1 for name in params if name.startswith("Wx"))
    wanted = ["W_vocab", "b_vocab", "Wx1"]
    wanted += [f"{kind}{k}" for k in range(1, count + 1) for kind in ("Wx", "Wh", "b")]
    for key in wanted:
        if key not in params:
            raise ValueError(f"A model of characters has {key}; it is missing.")
    layers = [
        tuple(params[f"{kind}{k}"] for kind in ("Wx", "Wh", "b")) for k in range(1, count + 1)
    ]
    V = len(params["b_vocab"])
    if len(characters) != V or any(len(character) != 1 for character in characters):
        raise ValueError(f"There are {V} scores; characters should be {V} single characters.")
    if cell is None:
        cell = "lstm" if layers[0][0].shape[1] == 4 * len(layers[0][1]) else "tanh"
    if cell not in CELLS:
        raise ValueError(f"cell is {cell!r}; it should be one of {', '.join(CELLS)}.")
    embed = params.get("W_embed", np.eye(V, dtype=np.float32))
    model = CharacterModel(
        tuple(characters), embed, layers, params["W_vocab"], params["b_vocab"], cell, name, level
    )
    _require_shapes(model)
    return model


def _require_shapes(model):
    """Raise ValueError unless each array takes what the one before gives."""
    below, gates = model.embed.shape[1], 4 if model.cell == "lstm" else 1
    for k, (Wx, Wh, b) in enumerate(model.layers, 1):
        H = len(Wh)
        found, wanted = (Wx.shape, Wh.shape, b.shape), ((below, gates * H), (H, gates * H))
        if found != (*wanted, (gates * H,)):
            raise ValueError(
                f"Layer {k} of a {model.cell} model has the shapes {found}; {wanted} and "
                f"{(gates * H,)} go together."
            )
        below = H
    V = len(model.characters)
    if len(model.embed) != V or model.W_vocab.shape != (below, V):
        raise ValueError(
            f"W_embed should have {V} rows and W_vocab the shape {(below, V)}; they are "
            f"{model.embed.shape} and {model.W_vocab.shape}."
        )
