"""Pairs of sentences in two small languages, whose one right translation is known exactly.

The first is plain English: "the small cat near two houses sees a red bird". The second, Velian, is
made up. It says the verb last; the adjectives behind the noun, the nearest one first; and "near two
houses" before what is near them, "near" at its end. Articles, numbers and adjectives agree with
their noun, and the verb with its subject, in gender and number. So the first word of a sentence may
depend on one four places further right, and the last on the first noun, whatever lies between.
"""

from dataclasses import dataclass
from itertools import accumulate

__all__ = ["Pair", "Phrase", "draw_phrase", "draw_split", "joined"]

# English; stem and gender in Velian. The first of each make a smaller language.
NOUNS = {
    "cat": ("mir", 0),
    "bird": ("sila", 1),
    "child": ("bim", 2),
    "dog": ("tok", 0),
    "house": ("dome", 1),
    "fish": ("gur", 2),
    "horse": ("palu", 0),
    "tree": ("arva", 1),
    "boat": ("kesh", 2),
    "king": ("oren", 0),
    "girl": ("neli", 1),
    "stone": ("petu", 2),
}
PLURALS = {"child": "children", "fish": "fishes"}
ADJECTIVES = {
    "small": "lit",
    "big": "gros",
    "brave": "brav",
    "young": "nov",
    "red": "rud",
    "white": "alb",
    "quick": "fas",
    "quiet": "sot",
}
VERBS = {
    "see": "vid",
    "follow": "sek",
    "like": "lam",
    "find": "trov",
    "hear": "aud",
    "know": "kon",
    "call": "voc",
    "want": "zel",
}
PLACES = {"near": "apu", "behind": "pos", "with": "kum"}
DETERMINERS = {"the": "l", "a": "un", "two": "dv", "many": "mult"}
NUMBERS = {"the": (0, 1), "a": (0,), "two": (1,), "many": (1,)}
AND = ("and", "ke")
ENDINGS = (("o", "oi"), ("a", "ai"), ("e", "ei"))  # by gender, then number
VERB_ENDINGS = (("as", "ans"), ("es", "ens"), ("is", "ins"))
TRIES = 2000  # in a row that brought no new sentence; then there are hardly more


@dataclass(frozen=True)
class Pair:
    """A sentence, its translation, and which word comes from which.

    `alignment` has, for each word of the target, the place of its word in the source.
    """

    source: tuple
    target: tuple
    alignment: tuple


@dataclass(frozen=True)
class Phrase:
    """A part of a sentence: its words in English, and those of Velian as (place, word).

    Places count from the phrase's first English word.
    """

    english: tuple
    velian: tuple
    gender: int = 0
    number: int = 0


def joined(parts, order):
    """Put phrases side by side: English as they come, Velian in another order.

    Parameters
    ----------
    parts : sequence of Phrase
    order : sequence of int
        Which part comes first in Velian, and which next.

    Returns
    -------
    Phrase
        With gender and number of the first part.
    """
    starts = list(accumulate((len(part.english) for part in parts), initial=0))
    velian = [(starts[k] + place, word) for k in order for place, word in parts[k].velian]
    english = [word for part in parts for word in part.english]
    return Phrase(tuple(english), tuple(velian), parts[0].gender, parts[0].number)


def draw_phrase(rng, kinds=12, adjectives=2, place=0.3):
    """Draw a noun with what belongs to it, and perhaps where it is.

    Parameters
    ----------
    rng : numpy.random.Generator
    kinds : int
        How many nouns, adjectives and verbs there are, 3 at least: the first of each list.
    adjectives : int
        How many there are at most before the noun.
    place : float
        The chance that "near", "behind" or "with" and another noun follow.

    Returns
    -------
    Phrase
    """
    determiner = _one(rng, DETERMINERS)
    number, noun = _one(rng, NUMBERS[determiner]), _one(rng, NOUNS, kinds)
    stem, gender = NOUNS[noun]
    ending = ENDINGS[gender][number]
    left = list(ADJECTIVES)[:kinds]
    chosen = [left.pop(_below(rng, len(left))) for _ in range(_below(rng, adjectives + 1))]
    words = [_word(determiner, DETERMINERS[determiner] + ending)]
    words += [_word(adjective, ADJECTIVES[adjective] + ending) for adjective in chosen]
    words += [_word(_plural(noun) if number else noun, stem + "n" * number)]
    phrase = joined(words, [0, *reversed(range(1, len(words)))])
    phrase = Phrase(phrase.english, phrase.velian, gender, number)
    if rng.random() >= place:
        return phrase
    where = _one(rng, PLACES)
    beside = draw_phrase(rng, kinds, 1, 0.0)
    return joined([phrase, _word(where, PLACES[where]), beside], [2, 1, 0])


def draw_split(count, rng, words=(5, 11), kinds=12, seen=()):
    """Draw pairs, no source twice.

    Parameters
    ----------
    count : int
    rng : numpy.random.Generator
    words : tuple of two ints
        How many words a source has: at least, at most.
    kinds : int
        As in `draw_phrase`.
    seen : container of tuple of str
        Sources that must not come.

    Returns
    -------
    list of Pair

    Raises
    ------
    ValueError
        If there are hardly so many different sentences of these lengths.
    """
    found, in_vain = {}, 0
    while len(found) < count:
        pair, before = _draw_pair(rng, kinds), len(found)
        if words[0] <= len(pair.source) <= words[1] and pair.source not in seen:
            found.setdefault(pair.source, pair)
        in_vain = 0 if len(found) > before else in_vain + 1
        if in_vain == TRIES:
            raise ValueError(
                f"draw_split: there are hardly more than {len(found)} different sentences of "
                f"{words[0]} to {words[1]} words, not {count}; ask for fewer or longer ones."
            )
    return list(found.values())


def _draw_pair(rng, kinds):
    """One clause, or two with "and" between."""
    phrase = _draw_clause(rng, kinds)
    if rng.random() < 0.3:
        phrase = joined([phrase, _word(*AND), _draw_clause(rng, kinds)], [0, 1, 2])
    places, words = zip(*phrase.velian)
    return Pair(phrase.english, words, places)


def _draw_clause(rng, kinds):
    """Subject, verb and object; in Velian the verb comes last and agrees with the subject."""
    subject, other = draw_phrase(rng, kinds), draw_phrase(rng, kinds)
    verb = _one(rng, VERBS, kinds)
    english = verb if subject.number else f"{verb}s"
    velian = VERBS[verb] + VERB_ENDINGS[subject.gender][subject.number]
    return joined([subject, _word(english, velian), other], [0, 2, 1])


def _word(english, velian):
    return Phrase((english,), ((0, velian),))


def _plural(noun):
    return PLURALS.get(noun, f"{noun}s")


def _one(rng, among, kinds=None):
    among = tuple(among)[:kinds]
    return among[_below(rng, len(among))]


def _below(rng, count):
    """A number from 0 to count - 1; faster than rng.integers."""
    return int(rng.random() * count)
