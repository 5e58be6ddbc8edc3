"""Links in documents that move follow what they lead to."""

import pytest

from grading.release.links import links, relink

MOVED = {
    "assignments/README.md": "README.md",
    "assignments/assignment1/README.md": "assignment1.md",
    "cs231n/layers.py": "cs231n/layers.py",
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a](assignment1/README.md)", "[a](assignment1.md)"),
        ("[a](assignment1/README.md#points)", "[a](assignment1.md#points)"),
        ('[a](../cs231n/layers.py "code")', '[a](cs231n/layers.py "code")'),
        ('<img src="../cs231n/layers.py">', '<img src="cs231n/layers.py">'),
        ("[a](../cs231n)", "[a](cs231n)"),
        ("[a](https://x.org/b) [c](#d)", "[a](https://x.org/b) [c](#d)"),
        ("[a](nowhere.md)", "[a](nowhere.md)"),
        ("`[a](assignment1/README.md)`", "`[a](assignment1/README.md)`"),
        ("```\n[a](assignment1/README.md)\n```", "```\n[a](assignment1/README.md)\n```"),
    ],
)
def test_a_link_is_turned_to_where_its_target_went(before, after):
    assert relink(before, "assignments/README.md", MOVED) == after


def test_links_in_code_and_to_the_world_are_not_listed():
    text = "[a](b.md) `[c](d.md)`\n```\n[e](f.md)\n```\n[g](https://h.org) ![i](j.png)"
    assert links(text) == ["b.md", "j.png"]
