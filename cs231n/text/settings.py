"""What a run of `language train` depends on, and its defaults: the command line reads it first."""

from dataclasses import dataclass, fields, replace

__all__ = ["DEFAULTS", "LEVELS", "Settings"]

LEVELS = ("characters", "bytes", "words")
CELLS, ACTIVATIONS, RULES = ("lstm", "rnn"), ("tanh", "relu"), ("adam", "rmsprop")
COUNTS = ("hidden_dim", "wordvec_dim", "num_layers", "batch_size", "steps", "num_epochs")
COUNTS += ("patience", "at_least", "most_words", "orders", "checkpoint_every")


@dataclass(frozen=True)
class Settings:
    """What a run depends on, beside its text.

    Attributes
    ----------
    level : one of `LEVELS`
    hidden_dim, wordvec_dim, num_layers, cell_type, activation :
        The network.
    dropout : float
        Share of the numbers dropped between layers, and before the scores; of words, before the
        first layer, too.
    batch_size, steps : int
        Rows of a batch, and tokens of each row after which the gradient is cut off (characters and
        bytes; sentences are taken whole).
    update_rule, learning_rate, clip_norm :
        The steps.
    full_rate : float
        Share of all steps at the full learning rate; then it falls in a straight line to 0.
    num_epochs, val_every, patience : int
        At most so many epochs; the held-out part is measured every so many steps (0: after each
        epoch), and training stops when so many measurements in a row were no better.
    at_least, most_words : int
        How often a word must come in the training part to be known, and how many at most are.
    orders : int
        n-grams up to this order stand beside.
    checkpoint_every : int
        Steps.
    seed : int

    Raises
    ------
    ValueError
        If a value is unknown or out of range.
    """

    level: str = "characters"
    hidden_dim: int = 160
    wordvec_dim: int = 64
    num_layers: int = 2
    cell_type: str = "lstm"
    activation: str = "tanh"
    dropout: float = 0.0
    batch_size: int = 16
    steps: int = 64
    update_rule: str = "adam"
    learning_rate: float = 3e-3
    clip_norm: float = 1.0
    full_rate: float = 0.3
    num_epochs: int = 4
    val_every: int = 0
    patience: int = 4
    at_least: int = 4
    most_words: int = 10_000
    orders: int = 6
    checkpoint_every: int = 50
    seed: int = 231

    def __post_init__(self) -> None:
        for name, known in (
            ("level", LEVELS),
            ("cell_type", CELLS),
            ("activation", ACTIVATIONS),
            ("update_rule", RULES),
        ):
            if getattr(self, name) not in known:
                choices = ", ".join(known)
                raise ValueError(f"{name} is {getattr(self, name)!r}; choose one of {choices}.")
        if self.cell_type == "lstm" and self.activation == "relu":
            raise ValueError("activation relu is for the cell rnn; an LSTM takes tanh.")
        for name in COUNTS:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, but should be 1 or more.")
        if self.val_every < 0:
            raise ValueError(f"val_every is {self.val_every}, but should be 0 or more.")
        for name in ("learning_rate", "clip_norm"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}, but should be above 0.")
        for name, end in (("dropout", 1), ("full_rate", 1.0001)):
            if not 0 <= getattr(self, name) < end:
                raise ValueError(f"{name} is {getattr(self, name)}, but should be from 0 to 1.")

    @classmethod
    def of(cls, level: str, **given: object) -> "Settings":
        """The defaults of a level, with what is given (not None) in their place."""
        start = DEFAULTS.get(level, cls(level))
        known = {field.name for field in fields(cls)}
        changes = {name: value for name, value in given.items() if value is not None}
        if unknown := changes.keys() - known:
            raise ValueError(f"there is no setting {min(unknown)!r}; known: {', '.join(known)}.")
        return replace(start, level=level, **changes)


_CHARACTERS = Settings()
DEFAULTS = {
    "characters": _CHARACTERS,
    "bytes": replace(_CHARACTERS, level="bytes"),
    "words": Settings(
        level="words",
        hidden_dim=200,
        wordvec_dim=300,
        num_layers=1,
        dropout=0.3,
        batch_size=100,
        learning_rate=4e-3,
        clip_norm=5.0,
        num_epochs=2,
        orders=4,
    ),
}
