"""How a translator is made and trained: names and defaults, which need no other module."""

from dataclasses import dataclass

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """Settings of a run; `sentences`, `kinds` and `longest` are of the drawn languages alone."""

    attention: bool = True
    reverse: bool = True
    wordvec_dim: int = 64
    hidden_dim: int = 128
    num_epochs: int = 8
    batch_size: int = 50
    learning_rate: float = 4e-3
    lr_decay: float = 0.85
    sentences: int = 12000
    kinds: int = 12
    longest: int = 11
    at_least: int = 1
    seed: int = 0
