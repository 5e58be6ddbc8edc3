"""The embedded pictures: reproducible, balanced, of CIFAR-10's shapes, and without a shortcut."""

import hashlib

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from cs231n.drawn import drawing, things
from cs231n.drawn.drawing import Draws, Frame
from cs231n.drawn.pictures10 import PICTURES10_CLASSES, SPLITS, draw_hidden_pictures, draw_pictures

SECRET = 0x9E3779B97F4A7C15F39CC0605CEDC834  # 128 bits
SHORTCUT = 0.20  # chance is 0.10; the best shortcuts reach 0.14


@pytest.fixture(scope="module")
def sets():
    return draw_pictures(5000, seed=0), draw_pictures(2000, seed=0, split="test")


def test_pictures_have_the_shapes_of_cifar10():
    X, y = draw_pictures(7, seed=1)
    assert (X.shape, X.dtype, X.flags.c_contiguous) == ((7, 32, 32, 3), np.uint8, True)
    assert (y.shape, y.dtype) == ((7,), np.int64)
    assert (SPLITS["train"], SPLITS["test"]) == (50_000, 10_000)
    assert len(set(PICTURES10_CLASSES)) == 10


def test_no_pictures_are_an_empty_array():
    X, y = draw_pictures(0, seed=1)
    assert (X.shape, y.shape) == ((0, 32, 32, 3), (0,))


def test_pictures_are_the_same_on_every_platform():
    X, y = draw_pictures(300, seed=231)
    assert y[:12].tolist() == [9, 8, 1, 4, 1, 3, 4, 7, 9, 8, 0, 5]
    digest = hashlib.sha256(X.tobytes()).hexdigest()
    assert digest == "00c95eeeffe640a82b95c32324f7cc050ec6fcef4a5bfaf70d25d9b948ef6ea8"


@pytest.mark.parametrize(("start", "n"), [(0, 37), (150, 1), (95, 130), (499, 102)])
def test_a_subset_is_the_same_pictures(start, n):
    X, y = draw_pictures(700, seed=3)
    some_X, some_y = draw_pictures(n, seed=3, start=start)
    np.testing.assert_array_equal(some_X, X[start : start + n])
    np.testing.assert_array_equal(some_y, y[start : start + n])


def test_the_last_picture_of_a_split_can_be_drawn():
    X, _ = draw_pictures(2, seed=3, split="test", start=9_998)
    assert len(X) == 2


@pytest.mark.parametrize("split", SPLITS)
def test_labels_are_balanced_and_shuffled(split):
    _, y = draw_pictures(300, seed=5, split=split)
    for block in y.reshape(3, 100):
        np.testing.assert_array_equal(np.bincount(block), np.full(10, 10))
    assert len({tuple(block) for block in y.reshape(3, 100)}) == 3
    assert not np.array_equal(y, np.sort(y))


def test_seeds_and_splits_share_no_picture():
    sets = [draw_pictures(300, seed=seed, split=split)[0] for seed in (0, 1) for split in SPLITS]
    rows = np.concatenate(sets).reshape(1800, -1)
    assert len(np.unique(rows, axis=0)) == 1800


def test_every_bit_of_a_secret_counts():
    pictures = [
        draw_hidden_pictures(3, secret=secret)[0].tobytes()
        for secret in (SECRET, SECRET ^ 1, SECRET ^ (1 << 100), SECRET ^ (1 << 127))
    ]
    assert len(set(pictures)) == 4


def test_hidden_pictures_come_by_index_too():
    X, y = draw_hidden_pictures(20, secret=SECRET)
    some_X, some_y = draw_hidden_pictures(4, secret=SECRET, start=16)
    np.testing.assert_array_equal(some_X, X[16:])
    np.testing.assert_array_equal(some_y, y[16:])


def test_a_secret_that_can_be_guessed_is_refused():
    with pytest.raises(ValueError, match=r"at least 2\*\*64.*secrets.randbits\(128\)"):
        draw_hidden_pictures(3, secret=231)


def test_an_unknown_split_is_told():
    with pytest.raises(ValueError, match="one of 'train', 'test', 'hidden' but is 'val'"):
        draw_pictures(3, seed=0, split="val")


def test_a_negative_seed_is_told():
    with pytest.raises(ValueError, match="integer from 0 but is -1"):
        draw_pictures(3, seed=-1)


@pytest.mark.parametrize(("n", "start"), [(-1, 0), (1, -1), (10_001, 0), (2, 9_999)])
def test_pictures_outside_the_split_are_told(n, start):
    with pytest.raises(ValueError, match=f"0 to 9999, but start={start} and n={n} ask for others"):
        draw_pictures(n, seed=0, split="test", start=start)


@pytest.mark.parametrize("name", PICTURES10_CLASSES)
def test_objects_fill_their_frame_and_stay_within(name, rng):
    """Painted in white on nothing, unturned: something from edge to edge, nothing outside."""
    one = np.ones((1, 1, 1), dtype=np.float32)
    canvas = drawing.Canvas(np.full((1, 3, 44, 44), -1, dtype=np.float32))
    words = Draws(rng.integers(0, 2**64, size=(1, 32), dtype=np.uint64))
    frame = Frame.place(44, 22, 22, 16 * one)
    things.THINGS[name].paint(words, canvas, frame, np.ones((1, 3, 1, 1), dtype=np.float32))
    rows, columns = np.nonzero((canvas.pixels[0] > -1).any(axis=0))
    assert min(rows.min(), columns.min()) >= 22 - 19
    assert max(rows.max(), columns.max()) < 22 + 19
    assert max(np.ptp(rows), np.ptp(columns)) >= 24


def test_mean_colour_is_no_shortcut(sets):
    (X, y), (Xt, yt) = sets
    colours = [x.mean(axis=(1, 2)) for x in (X, Xt)]
    scaler = StandardScaler().fit(colours[0])
    colours = [PolynomialFeatures(2).fit_transform(scaler.transform(c)) for c in colours]
    for judge in (LogisticRegression(max_iter=1000), KNeighborsClassifier(50)):
        assert judge.fit(colours[0], y).score(colours[1], yt) < SHORTCUT


def test_spread_of_brightness_is_no_shortcut(sets):
    (X, y), (Xt, yt) = sets
    spreads = [x.std(axis=(1, 2)) for x in (X, Xt)]
    judge = KNeighborsClassifier(50).fit(spreads[0], y)
    assert judge.score(spreads[1], yt) < SHORTCUT


def test_no_single_pixel_is_a_shortcut(sets):
    """125 bins of a pixel's colour guess the class they show most often; the best pixel counts."""
    (X, y), (Xt, yt) = sets
    bins, bins_t = ((x // 52).reshape(len(x), 1024, 3) @ [25, 5, 1] for x in (X, Xt))

    def right(pixel, learn, judged, labels):
        counts = np.bincount(bins[learn, pixel] * 10 + y[learn], minlength=1250).reshape(125, 10)
        return np.mean(counts.argmax(axis=1)[judged[:, pixel]] == labels)

    half = slice(0, 2500)
    best = max(range(1024), key=lambda pixel: right(pixel, half, bins[2500:], y[2500:]))
    assert right(best, slice(None), bins_t, yt) < SHORTCUT, f"pixel {divmod(best, 32)}"
