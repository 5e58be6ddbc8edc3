"""Checkpoint files: everything comes back, and nothing half-written counts."""

import numpy as np
import pytest

from cs231n.files import checkpoint
from cs231n.files.checkpoint import load_tree, save_tree


def assert_same(a, b):
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert list(a) == list(b)
        a, b = list(a.values()), list(b.values())
    if isinstance(a, list | tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b):
            assert_same(x, y)
    elif isinstance(a, np.ndarray | np.generic):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    else:
        assert a == b


def test_trees_come_back_as_they_were(tmp_path, rng):
    tree = {
        "params": {"W": rng.normal(size=(3, 5)).astype(np.float32), 7: np.arange(4)},
        "history": [0.1, np.float32(0.1), np.float64(1 / 3), None, True],
        "big": (2**130, "text", {}, [], ()),
        "empty": np.zeros((0, 3)),
        "names": np.array(["a", "bc"]),
    }
    assert_same(load_tree(save_tree(tmp_path / "new" / "tree.npz", tree)), tree)


def test_saving_refuses_an_object_and_leaves_the_old_file(tmp_path):
    path = save_tree(tmp_path / "tree.npz", {"a": 1})
    with pytest.raises(TypeError, match=r"cannot hold \['a'\]\[0\], a object"):
        save_tree(path, {"a": [object()]})
    assert load_tree(path) == {"a": 1}


def test_saving_refuses_keys_that_would_change(tmp_path):
    with pytest.raises(TypeError, match="cannot hold this, a dict"):
        save_tree(tmp_path / "tree.npz", {1.5: 2})


def test_a_failure_while_writing_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path = save_tree(tmp_path / "tree.npz", {"a": 1})

    def half(file, **arrays):
        file.write(b"PK half a file")
        raise OSError("disk full")

    monkeypatch.setattr(checkpoint.np, "savez", half)
    with pytest.raises(OSError, match="disk full"):
        save_tree(path, {"a": 2})
    assert load_tree(path) == {"a": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["tree.npz"]


def test_loading_says_that_there_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no checkpoint .*none\.npz"):
        load_tree(tmp_path / "none.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no zip at all"])
def test_loading_says_that_a_file_is_damaged(tmp_path, content):
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(ValueError, match="is no checkpoint of this kit, or damaged"):
        load_tree(tmp_path / "bad.npz")


def test_loading_refuses_pickles(tmp_path):
    np.savez(tmp_path / "bad.npz", tree=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="is no checkpoint of this kit, or damaged"):
        load_tree(tmp_path / "bad.npz")
