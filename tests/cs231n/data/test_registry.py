"""The registry of data sets, and what it refuses."""

import re
from dataclasses import replace

import pytest

from cs231n.data import registry

ROW = """
[toy]
title = "A toy"
kind = "folder"
licence = "none"
card = "cards/toy.md"
folder = "toy"
file = "toy.tar"
size = 3
checksum = "md5:900150983cd24fb0d6963f7d28e17f72"
"""


def read(tmp_path, text):
    (tmp_path / "registry.toml").write_text(text)
    return registry.read_registry(tmp_path / "registry.toml")


def test_the_kits_sets_are_registered_with_cards():
    rows = registry.read_registry()
    fetched = ["cifar10", "cifar10-jpeg", "ucm-captions", "everyday-sentences", "everyday"]
    assert list(rows) == ["pictures10", *fetched]
    for row in rows.values():
        assert (registry.REGISTRY.parent / row.card).is_file()


def test_what_is_fetched_has_sha256_and_secure_addresses():
    for row in registry.read_registry().values():
        assert row.kind == "drawn" or row.checksum.startswith("sha256:")
        assert all(url.startswith("https://") and url.endswith(row.file) for url in row.urls)


def test_no_two_sets_share_a_place_in_the_cache():
    rows = registry.read_registry().values()
    places = [place for row in rows for place in (row.folder, row.file) if place]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ],
)
def test_checksums_are_those_of_the_standards(tmp_path, algorithm, digest):
    row = replace(read(tmp_path, ROW)["toy"], checksum=f"{algorithm}:")
    (tmp_path / "abc").write_bytes(b"abc")
    assert row.digest_of(tmp_path / "abc") == f"{algorithm}:{digest}"


def test_a_row_knows_its_command(tmp_path):
    assert read(tmp_path, ROW)["toy"].command == "python -m cs231n data get toy"


@pytest.mark.parametrize(("name", "near"), [("cifar", "cifar10"), ("ucm", "ucm-captions")])
def test_unknown_names_list_near_ones(name, near):
    with pytest.raises(LookupError, match=rf"no data set named '{name}'. Near: .*{near}"):
        registry.find(name)


def test_a_name_near_to_nothing_lists_all():
    with pytest.raises(LookupError, match="pictures10, cifar10, cifar10-jpeg, ucm-captions"):
        registry.find("?")


def test_a_missing_registry_says_where_to_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="pip install -e"):
        registry.read_registry(tmp_path / "registry.toml")


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("[toy]", "[toy", "is not valid TOML"),
        ("[toy]", "toy = 1\n[more]", "[toy]: expected a table of fields but got 1"),
        ("licence", "license", "[toy]: unknown field 'license'; known are name, title"),
        ("title", "name", "[toy]: unknown field 'name'"),
        ("size = 3", "", "[toy]: expected the field 'size'"),
        ('title = "A toy"', "", "[toy]: expected the field 'title'"),
        ('"folder"', '"zip"', "drawn, sentences but is 'zip'"),
        ('"toy.tar"', '"../toy.tar"', "'../toy.tar' should be a plain name"),
        ('folder = "toy"', 'folder = ".."', "'..' should be a plain name"),
        ('file = "toy.tar"', "file = 'a\\b'", "should be a plain name"),
        (
            "size = 3",
            'size = 3\nurls = "https://a.org/b"',
            "urls should be a list of http(s) addresses",
        ),
        ("size = 3", 'size = 3\nurls = ["a.org/b"]', "urls should be a list of http(s) addresses"),
        ("md5:", "sha1:", "checksum should be 'sha256:' and 64 digits"),
        ("md5:", "sha256:", "checksum should be 'sha256:' and 64 digits"),
        ("md5:9", "md5:G", "checksum should be 'sha256:' and 64 digits"),
        ("size = 3", 'size = "3"', "size should be the bytes of toy.tar but is '3'"),
        ("size = 3", "size = 0", "size should be the bytes of toy.tar but is 0"),
        ("size = 3", "size = 3\ncaptions = 1", "captions should be true or false but is 1"),
        ("size = 3", 'size = 3\nknown_as = "Toy"', "known_as should be text in lower case"),
        ("size = 3", "size = 3\nkind_size = -1", "kind_size should be a whole number, 0 or more"),
        ("size = 3", "size = 3\nkind_size = 5", "kind_size needs captions = true, and known_as"),
    ],
)
def test_malformed_rows_are_refused(tmp_path, old, new, match):
    assert old in ROW
    with pytest.raises(ValueError, match=re.escape(match)):
        read(tmp_path, ROW.replace(old, new))


def test_a_copy_is_recognised_by_its_name_in_any_case(tmp_path):
    row = read(tmp_path, ROW + 'captions = true\nknown_as = "toy"\nkind_size = 5\n')["toy"]
    assert row.is_called("My_TOYS")
    assert not row.is_called("boys")
    assert not read(tmp_path, ROW)["toy"].is_called("toy")


def test_sets_with_sentences_are_those_that_say_so():
    rows = registry.read_registry()
    assert registry.captioned() == [name for name in rows if rows[name].captions]
    assert 0 < len(registry.captioned()) < len(rows)
