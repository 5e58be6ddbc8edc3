"""Sentences that tell scenes apart."""

import pytest

from cs231n.drawn.scenes import load_caption_scenes
from cs231n.drawn.telling import VERDICTS, telling, verdicts
from cs231n.drawn.truth import judge

pytestmark = pytest.mark.assignment3


@pytest.fixture(scope="module")
def val():
    return load_caption_scenes(60, "val")


def test_each_verdict(val):
    scene = val.scenes[0]
    thing = scene.objects[0]
    own = f"a {thing.colour} {thing.shape}"
    other = next(c for c in ("red", "blue", "green") if c not in {o.colour for o in scene.objects})
    said = [own, "a shape", f"a {other} shape", "shape a"]
    scenes = [scene] * 4 + [one for one in val.scenes if judge(own, one) == "false"][:56]
    assert verdicts(said + ["a shape"] * (len(scenes) - 4), scenes)[1:4] == [*VERDICTS[1:]]
    assert verdicts([own] + ["a shape"] * (len(scenes) - 4), [scene, *scenes[4:]])[0] == "tells"


def test_a_constant_sentence_tells_fewer_than_one_in_ten(val):
    for sentence in ("a shape", "a red circle", "a big blue ring"):
        assert telling([sentence] * 60, val.scenes) < 0.15


def test_sentences_of_the_set_tell(val):
    firsts = [sentences[0]["words"] for sentences in val.sentences]
    assert telling(firsts, val.scenes) > 0.8


def test_what_does_not_fit_is_refused(val):
    with pytest.raises(ValueError, match="one sentence for each of 60 scenes"):
        verdicts(["a shape"], val.scenes)
    with pytest.raises(ValueError, match="two scenes at least"):
        verdicts(["a shape"], val.scenes[:1])
