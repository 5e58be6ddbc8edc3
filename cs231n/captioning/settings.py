"""What a run of `caption train` depends on, and the decoders: the command line reads it first."""

from dataclasses import dataclass

__all__ = ["DECODERS", "WITHOUT_CHANCE", "Decoder", "Settings"]

COUNTS = ("models", "hidden_dim", "num_epochs", "patience", "batch_size", "at_least")


@dataclass(frozen=True)
class Decoder:
    """A way to find sentences.

    Attributes
    ----------
    about : str
        What it does, for people, with fields for the options that it depends on.
    by_chance : bool
        Whether it draws random numbers.
    """

    about: str
    by_chance: bool = False


DECODERS = {
    "greedy": Decoder("greedy"),
    "beam": Decoder("beam of {width}, ranked by log-probability per word"),
    "consensus": Decoder(
        "consensus, likely sentences ranked by those of training pictures that look alike"
    ),
    "sample": Decoder("sample, temperature {temperature:g}", by_chance=True),
}
WITHOUT_CHANCE = tuple(name for name, decoder in DECODERS.items() if not decoder.by_chance)


@dataclass(frozen=True)
class Settings:
    """What a run depends on, beside its pictures.

    `word_vectors` is the path of a file whose vectors the words of a model start from; "" for none.

    Raises
    ------
    ValueError
        If a number is too small.
    """

    hidden_dim: int = 512
    wordvec_dim: int = 512
    cell_type: str = "lstm"
    picture: str = "state"
    dropout: float = 0.5
    batch_size: int = 128
    learning_rate: float = 1e-3
    lr_decay: float = 0.95
    num_epochs: int = 30
    patience: int = 8
    at_least: int = 4
    models: int = 1
    seed: int = 231
    word_vectors: str = ""

    def __post_init__(self) -> None:
        for name in COUNTS:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, but should be 1 or more.")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate is {self.learning_rate}, but should be above 0.")
