"""Words that are of one kind, to see whether their vectors know it."""

from cs231n.drawn.words import COMPARED, NOUNS, NUMBERS, PLACES, PLURALS, SIZE_WORDS
from cs231n.drawn.worlds import COLOURS

__all__ = ["EVERYDAY_KINDS", "SCENE_KINDS"]


def _plural(noun):
    return PLURALS.get(noun, f"{noun}s")


_NOUNS = [noun for names in NOUNS.values() for noun in names]
SCENE_KINDS = {
    "colours": list(COLOURS),
    "shapes": _NOUNS,
    "more than one": [_plural(noun) for noun in _NOUNS],
    "numbers": list(NUMBERS.values()),
    "sizes": [word for names in SIZE_WORDS.values() for word in names],
    "comparing": [phrase.split()[0] for names in COMPARED.values() for phrase in names],
    "places": list(dict.fromkeys(phrase.split()[-2:][0] for p in PLACES.values() for phrase in p)),
}

_EVERYDAY = """
colours: black white red blue green yellow brown orange purple pink gray grey tan
people: man woman boy girl child kid toddler baby lady guy gentleman teenager adult
clothes: shirt jacket hat coat pants shorts dress jeans sweater vest sweatshirt cap suit
animals: dog puppy horse bird cat cow sheep poodle greyhound
water: water ocean lake river pool waves sea pond stream
numbers: two three four five six several many
games: soccer football basketball baseball tennis volleyball hockey rugby
vehicles: car bike bicycle motorcycle truck bus train motorbike boat canoe kayak
music: guitar microphone drums singing music instrument band singer accordion violin
rocks: mountain hill cliff rock mountains hills rocks peak cliffs boulder
town: street sidewalk building road city bridge store shop buildings
food: food eating drink cake drinking eats beer wine
family: mother father daughter son parent parents family
moving: running runs walking walks jumping jumps jogging leaping leaps
snow: snow ski snowboard skier snowboarder skiing snowy snowboarding skis slope
plants: grass tree trees flowers leaves bushes field forest woods plants
"""
EVERYDAY_KINDS = {
    kind: words.split()
    for kind, words in (line.split(": ") for line in _EVERYDAY.strip().splitlines())
}
