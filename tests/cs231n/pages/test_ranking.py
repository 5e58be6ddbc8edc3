"""The page of sentences and the pictures that they find: what is in it."""

import numpy as np
import pytest

from cs231n.drawn.scenes import load_caption_scenes
from cs231n.language.vocabulary import Vocabulary
from cs231n.matching.data import Spread, objects_of_scenes
from cs231n.matching.matcher import Matcher
from cs231n.matching.model import MatchingModel
from cs231n.matching.sets import pixels_of
from cs231n.matching.settings import Settings
from cs231n.pages.ranking import Found, find_all, write_ranking_page

pytestmark = pytest.mark.assignment4


@pytest.fixture(scope="module")
def drawn():
    return load_caption_scenes(9, "val", progress=False)


def matcher_of(data, **options):
    vocabulary = Vocabulary.count(data.flat_sentences, 1)
    model = MatchingModel(22, len(vocabulary), Settings(dim=8, **options), seed=1)
    return Matcher([model], vocabulary, Spread.of(data), "objects")


def test_the_best_come_first_and_a_missed_one_last(drawn):
    data = objects_of_scenes(drawn)
    matcher = matcher_of(data)
    found, scores = find_all(matcher, data), matcher.scores(data, data.flat_sentences)
    for query in found.queries:
        order = [row[0] for row in query["f"]]
        assert query["o"] in order
        assert order[:5] == np.argsort(-scores[:, query["s"]], kind="stable")[:5].tolist()
    first = [m for m, _ in found.best[0]]
    assert first == np.argsort(-scores[0], kind="stable")[:5].tolist()


def test_with_many_sentences_the_first_of_each_picture_asks(drawn):
    data = objects_of_scenes(drawn)
    asked = [query["s"] for query in find_all(matcher_of(data), data, most=9).queries]
    assert asked == list(range(0, 45, 5))


def test_whole_pictures_do_not_point(drawn):
    data = objects_of_scenes(drawn)
    queries = find_all(matcher_of(data, score="whole"), data).queries
    assert all(row[2] == [] for query in queries for row in query["f"])


def test_a_page_needs_a_picture(tmp_path, drawn):
    data = objects_of_scenes(drawn).rows([])
    with pytest.raises(ValueError, match="there is no picture to show; give one at least"):
        write_ranking_page(tmp_path / "page.html", Found([], []), data, [], "none")


def test_pictures_are_found_by_their_names(drawn):
    data = objects_of_scenes(drawn)
    np.testing.assert_array_equal(list(pixels_of(data.names)), drawn.X)
