"""What a run of `caption train` depends on; apart, for the command line reads it at every start."""

from dataclasses import dataclass

__all__ = ["DECODERS", "Recipe"]

COUNTS = ("models", "hidden_dim", "num_epochs", "patience", "batch_size", "at_least")
DECODERS = ("greedy", "beam", "consensus")


@dataclass(frozen=True)
class Recipe:
    """What a run depends on, beside its pictures.

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

    def __post_init__(self) -> None:
        for name in COUNTS:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, but should be 1 or more.")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate is {self.learning_rate}, but should be above 0.")
