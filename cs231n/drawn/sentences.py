"""Sentences about a scene: true ones, and minimally wrong ones ("foils").

Which objects and which of their properties are mentioned is left to chance, not to their place or
size, and every property, relation and number is as likely as the scenes have it.
"""

from dataclasses import dataclass, replace

from cs231n.drawn.truth import is_true
from cs231n.drawn.words import (
    Compares,
    Counts,
    Exists,
    IsColoured,
    Meaning,
    Phrase,
    Relates,
    Together,
    say,
)
from cs231n.drawn.worlds import COLOURS, HELD_OUT, RELATIONS, SHAPES, SIZES, SPLITS, Dice

__all__ = ["FOIL_KINDS", "Sentence", "describe", "foil"]

STREAM = 11  # apart from the dice that made the scene up
KINDS = {"relates": 45, "exists": 15, "together": 15, "counts": 12, "compares": 8, "is": 5}
FOIL_KINDS = ("swap", "relation", "number", "colour", "shape", "size")
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
OPPOSITE |= {"big": "small", "small": "big"}


@dataclass(frozen=True)
class Sentence:
    """A true sentence and its foil.

    Attributes
    ----------
    words : tuple of str
    about : tuple of tuple of int
        For each word, the numbers of the objects that it is about; empty for words like "is".
    foil : tuple of str
        As close a sentence as can be that is false.
    foil_kind : str
        One of `FOIL_KINDS`: what was changed.
    meaning : Meaning
    """

    words: tuple[str, ...]
    about: tuple[tuple[int, ...], ...]
    foil: tuple[str, ...]
    foil_kind: str
    meaning: Meaning

    @property
    def raw(self):
        """The sentence as people write it."""
        text = " ".join(self.words)
        return f"{text[0].upper()}{text[1:]}."


def describe(scene, seed, count=5):
    """Say true and different sentences about a scene.

    Parameters
    ----------
    scene : Scene
    seed : int
        The one it was made from.
    count : int

    Returns
    -------
    list of Sentence
    """
    dice = Dice(seed, list(SPLITS).index(scene.split), scene.index, STREAM)
    found = {}
    while len(found) < count:
        meaning, objects = _idea(scene, dice)
        if meaning is None or not is_true(meaning, scene):
            continue
        style = dice.word()
        said = say(meaning, Dice(style))
        words = tuple(word for word, _ in said)
        wrong = foil(meaning, scene, dice)
        if words in found or wrong is None:
            continue
        about = tuple(objects[i] if i >= 0 else () for _, i in said)
        other, kind = wrong
        found[words] = Sentence(
            words, about, tuple(word for word, _ in say(other, Dice(style))), kind, meaning
        )
    return list(found.values())


def foil(meaning, scene, dice):
    """Change one thing about a meaning so that it is no longer true of the scene.

    Pairs of `HELD_OUT` do not come up, except where the scene itself shows one.

    Parameters
    ----------
    meaning : Meaning
    scene : Scene
    dice : Dice

    Returns
    -------
    (Meaning, str) or None
        The false meaning, and which of `FOIL_KINDS` it is; None if no change makes it false.
    """
    how, what = FOIL_KINDS[:3], FOIL_KINDS[3:]  # the first three fit fewer sentences
    first, second = (how, what) if dice.chance(60) else (what, how)
    for kind in dice.shuffled(first) + dice.shuffled(second):
        for other in dice.shuffled(_changed(meaning, kind)):
            if not is_true(other, scene) and (
                scene.split == "test_pairs" or not any(map(_is_held_out, other.phrases))
            ):
                return other, kind
    return None


def _is_held_out(phrase):
    return (phrase.colour, phrase.shape) in HELD_OUT


def _idea(scene, dice):
    """Make up something to say, and the numbers of the objects each phrase is about."""
    numbers = dice.shuffled(range(len(scene.objects)))
    things = [scene.objects[i] for i in numbers]
    kind = dice.weigh(KINDS)
    if kind == "exists" or (len(things) == 1 and kind != "is"):
        return Exists(_phrase(things[0], dice)), [(numbers[0],)]
    if kind == "is":
        phrase = Phrase(shape=things[0].shape, the=True)
        return IsColoured(things[0].colour, phrase), [(numbers[0],)]
    if kind == "counts":
        phrase = _phrase(things[0], dice, bare=35)
        fit = tuple(i for i, thing in enumerate(scene.objects) if phrase.fits(thing))
        return (Counts(len(fit), phrase) if len(fit) > 1 else None), [fit]
    if kind == "together":
        some = min(len(things), 2 + dice.chance(40))
        phrases = tuple(_phrase(thing, dice) for thing in things[:some])
        return Together(phrases), [(i,) for i in numbers[:some]]
    the = dice.chance(30)
    pair = tuple(replace(_phrase(thing, dice), the=the) for thing in things[:2])
    about = [(i,) for i in numbers[:2]]
    if kind == "compares":
        pair = tuple(replace(phrase, size=None) for phrase in pair)
        return (Compares(things[0].size, pair) if pair[0] != pair[1] else None), about
    return Relates(dice.pick(RELATIONS), pair), about


def _phrase(thing, dice, bare=6):
    """Describe an object by some of its properties: colour or shape at least, or (bare) neither."""
    size = thing.size if dice.chance(35) else None
    which = dice.below(100)
    if which < bare:
        return Phrase(thing.shape, None, size)
    if which < 2 * bare:
        return Phrase(None, thing.colour, size)
    return Phrase(thing.shape, thing.colour, size)


def _changed(meaning, kind):
    """Return the meanings that differ from this one by one change of a kind."""
    if kind == "relation":
        if not isinstance(meaning, Relates | Compares):
            return []
        return [replace(meaning, relation=OPPOSITE[meaning.relation])]
    if kind == "number":
        if not isinstance(meaning, Counts):
            return []
        return [replace(meaning, number=n) for n in (2, 3, 4) if abs(n - meaning.number) == 1]
    if kind == "swap":
        return _swapped(meaning)
    changed = []
    if kind == "colour" and isinstance(meaning, IsColoured):
        changed += [replace(meaning, colour=c) for c in COLOURS if c != meaning.colour]
    for i, phrase in enumerate(meaning.phrases):
        value = getattr(phrase, kind)
        others = {"colour": COLOURS, "shape": SHAPES, "size": SIZES}[kind] if value else ()
        changed += [
            meaning.with_phrase(i, replace(phrase, **{kind: other}))
            for other in others
            if other != value
        ]
    return changed


def _swapped(meaning):
    """Return the meanings in which the colours, or the shapes, of the first two change places."""
    if len(meaning.phrases) < 2:
        return []
    first, second = meaning.phrases[:2]
    changed = []
    for name in ("colour", "shape"):
        a, b = getattr(first, name), getattr(second, name)
        if a and b and a != b:
            other = meaning.with_phrase(0, replace(first, **{name: b}))
            changed.append(other.with_phrase(1, replace(second, **{name: a})))
    return changed
