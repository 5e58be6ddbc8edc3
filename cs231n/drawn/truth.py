"""Whether a sentence is true of a scene: it is read by the grammar of `words.py`, then judged.

"a red circle" is true where one is or several are; "the red circle" where exactly one is; "two red
circles" where exactly two are; "a star and a star" where two are. Phrases of one sentence are about
different objects. Left, right, above and below are those of `worlds.py`: apart by 11 pixels in
that direction, whatever the other direction.
"""

from itertools import permutations

from cs231n.drawn.words import (
    COMPARED,
    NOUNS,
    NUMBERS,
    PLACES,
    PLURAL_NOUNS,
    SINGULARS,
    SIZE_WORDS,
    WORDS,
    Compares,
    Counts,
    Exists,
    IsColoured,
    Phrase,
    Relates,
    Together,
)
from cs231n.drawn.worlds import COLOURS
from cs231n.language.metrics import tokenize

__all__ = ["NotASentence", "is_true", "judge", "parse", "truthfulness", "what_is_wrong"]

SIZES_BY_WORD = {word: size for size, row in SIZE_WORDS.items() for word in row}
NUMBERS_BY_WORD = {word: number for number, word in NUMBERS.items()}
BETWEEN = [  # longest first; what stands between two phrases
    (words.split(), kind, relation)
    for kind, table in ((Relates, PLACES), (Compares, COMPARED))
    for relation, row in table.items()
    for words in row
]
BETWEEN.sort(key=lambda row: -len(row[0]))


class NotASentence(ValueError):
    """The grammar has no such sentence; the message says up to where it went well."""


def parse(sentence):
    """Read a sentence.

    Parameters
    ----------
    sentence : str or list of str
        Case and punctuation of a str do not count.

    Returns
    -------
    Meaning

    Raises
    ------
    NotASentence
        If the grammar does not make it.

    Examples
    --------
    >>> parse("Two red circles.")
    Counts(number=2, one=Phrase(shape='circle', colour='red', size=None, the=False))
    """
    return _Reader(tokenize(sentence) if isinstance(sentence, str) else list(sentence)).sentence()


def is_true(meaning, scene):
    """Return whether a meaning is true of a scene."""
    things = scene.objects
    if any(p.the and sum(map(p.fits, things)) != 1 for p in meaning.phrases):
        return False
    match meaning:
        case Counts(number=number, one=one):
            return sum(map(one.fits, things)) == number
        case IsColoured(colour=colour, one=one):
            return any(one.fits(thing) and thing.colour == colour for thing in things)
        case Relates(relation=relation):
            return any(a.is_(relation, b) for a, b in _chosen(meaning, things))
        case Compares(relation=relation):
            return any(
                a.size == relation and b.size != relation for a, b in _chosen(meaning, things)
            )
    return any(True for _ in _chosen(meaning, things))


def judge(sentence, scene):
    """Return "true", "false" or "ungrammatical"."""
    try:
        return "true" if is_true(parse(sentence), scene) else "false"
    except NotASentence:
        return "ungrammatical"


def truthfulness(sentences, scenes):
    """Judge one sentence for each scene.

    Parameters
    ----------
    sentences : list of (str or list of str)
    scenes : list of Scene

    Returns
    -------
    dict
        The shares that are "true", "false" and "ungrammatical", from 0 to 1 and 1 together.

    Raises
    ------
    ValueError
        If there are not as many sentences as scenes, or none.
    """
    if len(sentences) != len(scenes) or not scenes:
        raise ValueError(
            f"truthfulness: expected one sentence for each of {len(scenes)} scenes (one scene at "
            f"least), but got {len(sentences)}."
        )
    verdicts = [judge(sentence, scene) for sentence, scene in zip(sentences, scenes)]
    kinds = ("true", "false", "ungrammatical")
    return {kind: verdicts.count(kind) / len(scenes) for kind in kinds}


def what_is_wrong(sentence, scene):
    """Name the first thing that has to be let go to make a sentence true.

    Parameters
    ----------
    sentence : str or list of str
    scene : Scene

    Returns
    -------
    str
        "" if it is true; "grammar"; "colour", "size", "shape" or "object" (several of them) if a
        phrase fits no object; "number" or "relation" if each does; "the" if one fits several.
    """
    try:
        meaning = parse(sentence)
    except NotASentence:
        return "grammar"
    if is_true(meaning, scene):
        return ""
    if isinstance(meaning, IsColoured) and any(map(meaning.one.fits, scene.objects)):
        return "the" if sum(map(meaning.one.fits, scene.objects)) > 1 else "colour"
    for phrase in meaning.phrases:
        if not any(map(phrase.fits, scene.objects)):
            return _wrong_word(phrase, scene)
        if phrase.the and sum(map(phrase.fits, scene.objects)) > 1:
            return "the"
    return "number" if isinstance(meaning, Counts | Together) else "relation"


def _wrong_word(phrase, scene):
    """Which word a phrase should not have, if it is one."""
    said = {"colour": phrase.colour, "size": phrase.size, "shape": phrase.shape}
    for name in said:
        rest = Phrase(**{key: value for key, value in said.items() if key != name})
        if said[name] and any(map(rest.fits, scene.objects)):
            return name
    return "object"


def _chosen(meaning, things):
    """Yield different objects for the phrases of a meaning, in every way that fits."""
    for chosen in permutations(things, len(meaning.phrases)):
        if all(phrase.fits(thing) for phrase, thing in zip(meaning.phrases, chosen)):
            yield chosen


class _Reader:
    """Reads words from left to right; one word ahead is all it needs to see."""

    def __init__(self, words):
        self.words, self.at = words, 0

    def sentence(self):
        """Read all words as one sentence."""
        there = self._take("there")
        if there and not self._take("is"):
            self._need("are", "is")
            meaning = self._counted()
        elif not there and self._next() in NUMBERS_BY_WORD:
            meaning = self._counted()
        else:
            meaning = self._about(self._phrase(only_a=there), there)
        if self.at < len(self.words):
            self._fail("the end")
        return meaning

    def _about(self, first, there):
        """Read what is said about the first phrase."""
        if self._take("and"):
            phrases = [first, self._phrase(only_a=there)]
            if self._take("and"):
                phrases.append(self._phrase(only_a=there))
            return Together(tuple(phrases))
        copula = not there and self._take("is")
        if copula and first.the and self._next() in COLOURS:
            if first.colour or first.size:
                self._fail("a relation")
            return IsColoured(self._word(), first)
        for words, kind, relation in BETWEEN:
            if self.words[self.at : self.at + len(words)] == words:
                self.at += len(words)
                return kind(relation, (first, self._phrase(only_a=there)))
        if copula:
            self._fail("a relation")
        return Exists(first)

    def _counted(self):
        if self._next() not in NUMBERS_BY_WORD:
            self._fail("a number")
        number = NUMBERS_BY_WORD[self._word()]
        return Counts(number, self._described(PLURAL_NOUNS, "a plural"))

    def _phrase(self, only_a):
        the = not only_a and self._take("the")
        if not the:
            self._need("a", *(["the"] * (not only_a)))
        return self._described(SINGULARS, "a singular", the)

    def _described(self, nouns, kind, the=False):
        size = SIZES_BY_WORD.get(self._next())
        self.at += size is not None
        colour = self._word() if self._next() in COLOURS else None
        if self._next() not in nouns:
            self._fail(f"{kind} of {', '.join(filter(None, NOUNS))} or shape")
        return Phrase(nouns[self._word()], colour, size, the)

    def _next(self):
        return self.words[self.at] if self.at < len(self.words) else None

    def _word(self):
        self.at += 1
        return self.words[self.at - 1]

    def _take(self, word):
        here = self._next() == word
        self.at += here
        return here

    def _need(self, *words):
        if self._next() not in words:
            self._fail(" or ".join(map(repr, words)))
        self.at += 1

    def _fail(self, expected):
        word = self._next()
        got = "the sentence ends" if word is None else f"{word!r} comes"
        unknown = " (a word that the grammar does not have)" if word and word not in WORDS else ""
        before = f"behind {' '.join(self.words[: self.at])!r}" if self.at else "at the beginning"
        raise NotASentence(f"parse: expected {expected} {before}, but {got}{unknown}.")
