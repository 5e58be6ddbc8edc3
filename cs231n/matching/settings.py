"""What a run of `rank train` depends on: the command line reads it first."""

from dataclasses import dataclass

__all__ = ["REGIONS", "SCORES", "WORDS", "Settings"]

SCORES = {
    "whole": "one vector for a picture and one for a sentence",
    "alignment": "each word takes the region that suits it best",
    "attention": "each word attends to all regions",
}
WORDS = {"plain": "a vector for each word", "context": "read by a recurrent network, both ways"}
REGIONS = {
    "objects": "scenes: the boxes of their objects",
    "sliding": "scenes: windows that slide over them",
    "whole": "photographs: the picture as one region",
    "grid": "photographs: the whole picture, and nine places of it",
}
COUNTS = ("dim", "word_dim", "batch_size", "epochs", "patience", "at_least", "models")


@dataclass(frozen=True)
class Settings:
    """What a run depends on, beside its pictures.

    Raises
    ------
    ValueError
        If a name is not known, or a number is too small.
    """

    score: str = "alignment"
    words: str = "plain"
    cosine: bool = True
    mean: bool = True
    sharpness: float = 9.0
    margin: float = 0.2
    hardest: bool = True
    dim: int = 512
    word_dim: int = 300
    dropout: float = 0.2
    batch_size: int = 100
    learning_rate: float = 1e-3
    lr_decay: float = 0.95
    epochs: int = 30
    patience: int = 6
    at_least: int = 1
    models: int = 1
    seed: int = 231

    def __post_init__(self) -> None:
        for name, known in (("score", SCORES), ("words", WORDS)):
            if getattr(self, name) not in known:
                raise ValueError(
                    f"{name} is {getattr(self, name)!r}, but should be one of {', '.join(known)}."
                )
        for name in COUNTS:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, but should be 1 or more.")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate is {self.learning_rate}, but should be above 0.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is {self.dropout}, but should be from 0 to below 1.")
