"""Words for scenes, what sentences made of them mean, and how a meaning is put into words.

The grammar, with weights for its choices in the tables below ("|" or, "[]" perhaps):

    sentence = [there is] one | [there are] some | [there is] one and one [and one]
             | one [is] RELATION one | there is one RELATION one | one [is] COMPARED one
             | the NOUN is COLOUR
    one      = (a | the) [SIZE] [COLOUR] NOUN            (behind "there is" always a)
    some     = NUMBER [SIZE] [COLOUR] NOUNS

`cs231n.drawn.truth` reads it back.
"""

from dataclasses import dataclass, replace

from cs231n.drawn.worlds import COLOURS

__all__ = [
    "COMPARED",
    "NOUNS",
    "NUMBERS",
    "PLACES",
    "SIZE_WORDS",
    "WORDS",
    "Compares",
    "Counts",
    "Exists",
    "IsColoured",
    "Meaning",
    "Phrase",
    "Relates",
    "Together",
    "say",
]

NOUNS = {  # None is any shape
    "circle": {"circle": 3, "disc": 1},
    "square": {"square": 3, "box": 1},
    "triangle": {"triangle": 1},
    "cross": {"cross": 3, "plus": 1},
    "star": {"star": 1},
    "ring": {"ring": 3, "hoop": 1},
    None: {"shape": 2, "object": 1},
}
PLURALS = {"box": "boxes", "cross": "crosses", "plus": "pluses"}  # others take an s
SIZE_WORDS = {"small": {"small": 3, "little": 1}, "big": {"big": 3, "large": 1}}
NUMBERS = {2: "two", 3: "three", 4: "four"}
PLACES = {
    "left": {"left of": 1, "to the left of": 1},
    "right": {"right of": 1, "to the right of": 1},
    "above": {"above": 2, "over": 1},
    "below": {"below": 2, "under": 1, "beneath": 1},
}
COMPARED = {
    "big": {"bigger than": 2, "larger than": 1},
    "small": {"smaller than": 1},
}
GLUE = ("a", "the", "there", "is", "are", "and")


def plural(noun):
    """Return the plural of a noun."""
    return PLURALS.get(noun, f"{noun}s")


SINGULARS = {noun: shape for shape, nouns in NOUNS.items() for noun in nouns}
PLURAL_NOUNS = {plural(noun): shape for noun, shape in SINGULARS.items()}
WORDS = frozenset(
    " ".join(
        [*GLUE, *COLOURS, *NUMBERS.values(), *SINGULARS, *PLURAL_NOUNS]
        + [
            text
            for table in (SIZE_WORDS, PLACES, COMPARED)
            for row in table.values()
            for text in row
        ]
    ).split()
)


@dataclass(frozen=True)
class Phrase:
    """Some object, or "the" one: what is None is not said."""

    shape: str | None = None
    colour: str | None = None
    size: str | None = None
    the: bool = False

    def fits(self, thing):
        """Whether an object is as the phrase says."""
        return (
            self.shape in (None, thing.shape)
            and self.colour in (None, thing.colour)
            and self.size in (None, thing.size)
        )


@dataclass(frozen=True)
class Meaning:
    """What a sentence says; its fields that are phrases are listed by `phrases`."""

    @property
    def phrases(self):
        """The phrases, in the order they are said."""
        return self.one if isinstance(self.one, tuple) else (self.one,)

    def with_phrase(self, i, phrase):
        """Return the same meaning with phrase i replaced."""
        if isinstance(self.one, tuple):
            return replace(self, one=(*self.one[:i], phrase, *self.one[i + 1 :]))
        return replace(self, one=phrase)


@dataclass(frozen=True)
class Exists(Meaning):
    """There is such an object."""

    one: Phrase


@dataclass(frozen=True)
class Counts(Meaning):
    """There are exactly so many such objects."""

    number: int
    one: Phrase


@dataclass(frozen=True)
class Together(Meaning):
    """There are such objects, a different one for each phrase."""

    one: tuple[Phrase, ...]


@dataclass(frozen=True)
class Relates(Meaning):
    """An object stands "left", "right", "above" or "below" of another; `one` has two phrases."""

    relation: str
    one: tuple[Phrase, Phrase]


@dataclass(frozen=True)
class Compares(Meaning):
    """An object is bigger ("big") or smaller ("small") than another; `one` has two phrases."""

    relation: str
    one: tuple[Phrase, Phrase]


@dataclass(frozen=True)
class IsColoured(Meaning):
    """The only such object has the colour."""

    colour: str
    one: Phrase


def say(meaning, dice):
    """Put a meaning into words.

    Parameters
    ----------
    meaning : Meaning
    dice : Dice
        Chooses among words and forms; the same one chooses alike for meanings of one kind.

    Returns
    -------
    list of (str, int)
        The words, lower case, each with the number of the phrase it belongs to, or -1.
    """
    phrases = [_phrase(phrase, dice, i) for i, phrase in enumerate(meaning.phrases)]
    there = dice.chance(40) and not any(phrase.the for phrase in meaning.phrases)
    match meaning:
        case Counts():
            return _glue("there are" * there) + _plural_phrase(meaning, dice)
        case IsColoured():
            return phrases[0] + _glue("is") + [(meaning.colour, 0)]
        case Relates() | Compares():
            table = PLACES if isinstance(meaning, Relates) else COMPARED
            middle = dice.weigh(table[meaning.relation])
            copula = "is " * (dice.chance(60) and not there)
            return _glue("there is" * there) + phrases[0] + _glue(copula + middle) + phrases[1]
    words = _glue("there is" * there) + phrases[0]
    for phrase in phrases[1:]:
        words += _glue("and") + phrase
    return words


def _glue(words):
    return [(word, -1) for word in words.split()]


def _phrase(phrase, dice, i):
    """Words of a phrase in the singular; always two throws of the dice."""
    size, noun = _choices(phrase, dice)
    words = ["the" if phrase.the else "a", size, phrase.colour, noun]
    return [(word, i) for word in words if word]


def _plural_phrase(meaning, dice):
    size, noun = _choices(meaning.one, dice)
    words = [NUMBERS[meaning.number], size, meaning.one.colour, plural(noun)]
    return [(word, 0) for word in words if word]


def _choices(phrase, dice):
    size = dice.weigh(SIZE_WORDS[phrase.size or "big"])
    return size if phrase.size else None, dice.weigh(NOUNS[phrase.shape])
