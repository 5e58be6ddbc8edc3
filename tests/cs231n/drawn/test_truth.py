"""Reading sentences about scenes, and telling true from false, on a scene made by hand."""

import pytest

from cs231n.drawn.truth import NotASentence, is_true, judge, parse, truthfulness, what_is_wrong
from cs231n.drawn.words import (
    WORDS,
    Compares,
    Counts,
    Exists,
    IsColoured,
    Phrase,
    Relates,
    Together,
    say,
)
from cs231n.drawn.worlds import Dice, Scene, SceneObject

# A big red circle top left, a small red circle below it, a big blue star right of the first.
SCENE = Scene(
    "train",
    0,
    (
        SceneObject("circle", "red", "big", 15, 15, 10),
        SceneObject("circle", "red", "small", 16, 45, 6),
        SceneObject("star", "blue", "big", 48, 17, 9),
    ),
)
TRUE = """
a red circle
there is a small disc
there is a blue object
the star
the big circle
the star is blue
two red circles
there are two circles
three shapes
there are two big objects
a red circle and a blue star
a circle and a red disc and a star
there is a star and a circle
a big circle left of a star
a circle is to the left of the blue star
the blue star is right of the big red circle
a small circle below a big circle
a small circle under a star
a small circle beneath the star
there is a circle above a circle
the star is over the small circle
the star is bigger than the little circle
a circle smaller than a circle
there is a large disc larger than a disc
A Red Circle.
""".strip().splitlines()
FALSE = """
a green circle
there is a small star
the circle
the red shape
the circle is red
the star is red
a white object
two stars
three circles
two shapes
there are two small circles
a star and a star
a circle and a circle and a circle
a star and a circle and a blue shape
a star left of a circle
the star is above the big circle
the star is left of the small circle
a big circle below a small circle
a circle above a star
the star is bigger than the big circle
a star smaller than a circle
the circle is left of the star
""".strip().splitlines()
WRONG = {
    "": "expected 'a' or 'the' at the beginning, but the sentence ends",
    "red circle": "expected 'a' or 'the' at the beginning, but 'red' comes",
    "a red": "expected a singular of circle, .* behind 'a red', but the sentence ends",
    "a circles": "expected a singular",
    "two circle": "expected a plural",
    "a red big circle": "behind 'a red', but 'big' comes",
    "a red circle circle": "expected the end behind 'a red circle', but 'circle' comes",
    "a red circle is": "expected a relation behind 'a red circle is', but the sentence ends",
    "a circle is red": "expected a relation",
    "the small circle is red": "expected a relation",
    "the red circle is red": "expected a relation",
    "there a circle": "expected 'are' or 'is' behind 'there', but 'a' comes",
    "there are a circle": "expected a number",
    "there is two circles": "expected 'a' behind 'there is'",
    "there is the circle": "expected 'a' behind 'there is', but 'the' comes",
    "there is a circle is left of a star": "expected the end",
    "a circle left a star": "expected the end",
    "a circle to the left a star": "expected the end",
    "a circle left of": "expected 'a' or 'the' behind 'a circle left of'",
    "a circle and": "but the sentence ends",
    "a circle and a star and a ring and a box": "expected the end",
    "a circle above a star and a ring": "expected the end",
    "two circles and a star": "expected the end",
    "one circle": r"'one' comes \(a word that the grammar does not have\)",
    "a red dog": r"'dog' comes \(a word that the grammar does not have\)",
    "a <UNK> circle": "a word that the grammar does not have",
}


@pytest.mark.parametrize("sentence", TRUE)
def test_true_sentences(sentence):
    assert judge(sentence, SCENE) == "true"
    assert what_is_wrong(sentence, SCENE) == ""


@pytest.mark.parametrize("sentence", FALSE)
def test_false_sentences(sentence):
    assert judge(sentence, SCENE) == "false"


@pytest.mark.parametrize("sentence", WRONG)
def test_what_is_no_sentence(sentence):
    assert judge(sentence, SCENE) == "ungrammatical"
    assert what_is_wrong(sentence.split(), SCENE) == "grammar"
    with pytest.raises(NotASentence, match=WRONG[sentence]):
        parse(sentence)


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("a green circle", "colour"),
        ("there is a small star", "size"),
        ("a red ring", "shape"),
        ("a green ring", "object"),
        ("a star left of a circle", "relation"),
        ("a star is smaller than a circle", "relation"),
        ("three circles", "number"),
        ("a star and a star", "number"),
        ("the circle", "the"),
        ("the circle is red", "the"),
        ("the star is red", "colour"),
        ("the ring is red", "shape"),
        ("a red circle above a green star", "colour"),
    ],
)
def test_what_is_wrong_names_the_first_mistake(sentence, wrong):
    assert what_is_wrong(sentence, SCENE) == wrong


CIRCLE, STAR = Phrase("circle", "red", "small"), Phrase("star", the=True)
MEANINGS = [
    Exists(CIRCLE),
    Exists(Phrase("cross", the=True)),
    Counts(3, Phrase(None, "white", "big")),
    Together((CIRCLE, STAR)),
    Together((CIRCLE, CIRCLE, Phrase())),
    Relates("above", (STAR, CIRCLE)),
    Relates("left", (CIRCLE, CIRCLE)),
    Compares("small", (CIRCLE, Phrase("cross", "blue"))),
    IsColoured("purple", Phrase("cross", the=True)),
]


@pytest.mark.parametrize("meaning", MEANINGS)
def test_reading_is_the_inverse_of_saying(meaning):
    said = {tuple(say(meaning, Dice(style))) for style in range(60)}
    assert len(said) > 1
    for words in said:
        assert parse([word for word, _ in words]) == meaning
        assert {word for word, _ in words} <= WORDS
        assert {i for _, i in words} - {-1} == set(range(len(meaning.phrases)))


def test_truth_does_not_depend_on_the_order_of_the_objects():
    turned = Scene("train", 0, SCENE.objects[::-1])
    for sentence in TRUE + FALSE:
        assert judge(sentence, turned) == judge(sentence, SCENE)


def test_an_empty_scene_makes_sentences_false():
    empty = Scene("train", 0, ())
    assert {judge(sentence, empty) for sentence in TRUE} == {"false"}
    assert not is_true(parse("a shape"), empty)


def test_truthfulness_counts():
    sentences = ["a star", "a ring", "ring", ["two", "circles"]]
    shares = truthfulness(sentences, [SCENE] * 4)
    assert shares == {"true": 0.5, "false": 0.25, "ungrammatical": 0.25}


@pytest.mark.parametrize(("sentences", "scenes"), [(["a star"], []), ([], [])])
def test_truthfulness_wants_a_sentence_for_each_scene(sentences, scenes):
    with pytest.raises(ValueError, match="expected one sentence for each of 0 scenes"):
        truthfulness(sentences, scenes)
