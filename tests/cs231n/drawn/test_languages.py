"""Two small languages: one right translation, found a second time by a parser."""

import numpy as np
import pytest

from cs231n.drawn import languages
from cs231n.drawn.languages import Phrase, draw_phrase, draw_split, joined

pytestmark = pytest.mark.assignment4
SINGULAR = {languages.PLURALS.get(noun, f"{noun}s"): noun for noun in languages.NOUNS}


def translate(words):
    """Translate English without what drew it: read from the left, one word at a time."""
    said, here = [], 0
    while here < len(words):
        if words[here] == "and":
            said.append("ke")
            here += 1
        subject, gender, number, here = noun_phrase(words, here)
        verb = words[here] if number else words[here].removesuffix("s")
        other, _, _, here = noun_phrase(words, here + 1)
        ending = languages.VERB_ENDINGS[gender][number]
        said += [*subject, *other, languages.VERBS[verb] + ending]
    return said


def noun_phrase(words, here):
    noun = here + 1
    while words[noun] in languages.ADJECTIVES:
        noun += 1
    number = int(words[noun] in SINGULAR)
    stem, gender = languages.NOUNS[SINGULAR.get(words[noun], words[noun])]
    ending = languages.ENDINGS[gender][number]
    said = [languages.DETERMINERS[words[here]] + ending, stem + "n" * number]
    said += [languages.ADJECTIVES[word] + ending for word in reversed(words[here + 1 : noun])]
    here = noun + 1
    if here < len(words) and words[here] in languages.PLACES:
        beside, _, _, after = noun_phrase(words, here + 1)
        return [*beside, languages.PLACES[words[here]], *said], gender, number, after
    return said, gender, number, here


def test_every_sentence_has_the_translation_that_a_parser_finds(rng):
    for pair in draw_split(200, rng, (5, 18)):
        assert list(pair.target) == translate(pair.source)


def test_each_target_word_comes_from_one_source_word(rng):
    for pair in draw_split(50, rng):
        assert sorted(pair.alignment) == list(range(len(pair.source)))


def test_a_pair_by_hand():
    pairs = draw_split(300, np.random.default_rng(0), (5, 8), kinds=6)
    pair = next(
        p for p in pairs if " ".join(p.source) == "the house behind the dog knows the children"
    )
    assert " ".join(pair.target) == "lo tok pos la dome lei bimn kones"
    assert pair.alignment == (3, 4, 2, 0, 1, 6, 7, 5)


def test_the_same_seed_draws_the_same_pairs_and_no_source_twice():
    one, other = (draw_split(40, np.random.default_rng(5)) for _ in range(2))
    assert one == other
    assert len({pair.source for pair in one}) == 40
    assert all(5 <= len(pair.source) <= 11 for pair in one)


def test_sources_that_were_seen_do_not_come(rng):
    seen = {pair.source for pair in draw_split(30, rng, (5, 6), kinds=3)}
    assert not seen & {pair.source for pair in draw_split(30, rng, (5, 6), 3, seen)}


def test_fewer_kinds_make_a_smaller_language(rng):
    words = {word for pair in draw_split(200, rng, kinds=3) for word in pair.source}
    assert words & languages.NOUNS.keys() == {"cat", "bird", "child"}


def test_a_phrase_agrees_with_its_noun(rng):
    for _ in range(20):
        phrase = draw_phrase(rng, place=0.0)
        _, *rest = [word for _, word in phrase.velian]
        ending = languages.ENDINGS[phrase.gender][phrase.number]
        assert all(word.endswith(ending) for word in rest[1:])


def test_joined_phrases_count_places_from_the_first_word():
    parts = [Phrase(("a", "b"), ((1, "B"), (0, "A")), 2, 1), Phrase(("c",), ((0, "C"),))]
    whole = joined(parts, [1, 0])
    assert whole == Phrase(("a", "b", "c"), ((2, "C"), (1, "B"), (0, "A")), 2, 1)


def test_sentences_that_there_are_not_are_refused(rng):
    message = "hardly more than 0 different sentences of 60 to 70 words, not 3"
    with pytest.raises(ValueError, match=message):
        draw_split(3, rng, (60, 70))
