"""Porter's stemmer: "squares", "squared" and "squaring" become "squar".

The algorithm of 1980 with the changes that nltk makes by default, so that scores which compare
stems are those of nltk: a few irregular words, words of up to two letters left alone, "dies" and
"died" to "die", "happy" to "happi" but "enjoy" left alone, and some endings more.
"""

import functools

__all__ = ["stem"]

VOWELS = frozenset("aeiou")
IRREGULAR = {
    "skies": "sky",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "innings": "inning",
    "outings": "outing",
    "cannings": "canning",
}
LEFT_ALONE = {"sky", "news", "inning", "outing", "canning", "howe", "proceed", "exceed", "succeed"}

# Ending -> what comes in its place; of several that fit, the longest counts.
SECOND = {
    "ational": "ate",
    "tional": "tion",
    "enci": "ence",
    "anci": "ance",
    "izer": "ize",
    "bli": "ble",
    "entli": "ent",
    "eli": "e",
    "ousli": "ous",
    "ization": "ize",
    "ation": "ate",
    "ator": "ate",
    "alism": "al",
    "iveness": "ive",
    "fulness": "ful",
    "ousness": "ous",
    "aliti": "al",
    "iviti": "ive",
    "biliti": "ble",
    "fulli": "ful",
}
THIRD = {
    "icate": "ic",
    "ative": "",
    "alize": "al",
    "iciti": "ic",
    "ical": "ic",
    "ful": "",
    "ness": "",
}
FOURTH = {
    **dict.fromkeys(["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment"], ""),
    **dict.fromkeys(["ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize"], ""),
}


@functools.lru_cache(maxsize=65536)
def stem(word):
    """Cut off what inflection and derivation put at the end of an English word.

    Parameters
    ----------
    word : str
        In lower case.

    Returns
    -------
    str
        Often no word itself; equal for most words of one family.

    References
    ----------
    M. F. Porter, "An algorithm for suffix stripping", Program 14 (3), 1980.
    """
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word in LEFT_ALONE or len(word) <= 2:
        return word
    word = _y_to_i(_past_and_gerund(_plural(word)))
    word = _derived(word)
    word = _exchange(word, THIRD, 1)
    word = _exchange(word, FOURTH, 2)
    return _tidy(word)


def _sounds(word):
    """A letter c or v for each letter: y is a vowel (v) behind a consonant (c)."""
    sounds = ""
    for letter in word:
        is_vowel = letter in VOWELS or (letter == "y" and sounds[-1:] == "c")
        sounds += "v" if is_vowel else "c"
    return sounds


def _measure(word):
    """How often consonants follow vowels: Porter's m, about the number of syllables."""
    return _sounds(word).count("vc")


def _is_short(word):
    """Whether an e was perhaps lost at the end, as in "hop(e)": ... c v c, or v c alone."""
    sounds = _sounds(word)
    return sounds == "vc" or (sounds.endswith("cvc") and word[-1] not in "wxy")


def _plural(word):
    if word.endswith("ies"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past_and_gerund(word):
    if word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    root = next((word[: -len(end)] for end in ("ed", "ing") if word.endswith(end)), "")
    if "v" not in _sounds(root):
        return word
    if root.endswith(("at", "bl", "iz")):
        return root + "e"
    if root[-1:] == root[-2:-1] and _sounds(root)[-1] == "c":
        return root if root[-1] in "lsz" else root[:-1]
    return root + "e" if _measure(root) == 1 and _is_short(root) else root


def _y_to_i(word):
    is_changed = word.endswith("y") and len(word) > 2 and _sounds(word[:-1])[-1] == "c"
    return word[:-1] + "i" if is_changed else word


def _derived(word):
    """Porter's second step: "-ational" to "-ate" and so on."""
    if word.endswith("alli") and _measure(word[:-4]) > 0:
        return _derived(word[:-2])
    if word.endswith("logi"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    return _exchange(word, SECOND, 1)


def _exchange(word, endings, least):
    """Exchange the longest ending that fits, if what stands before it measures enough."""
    for length in range(7, 1, -1):
        root, end = word[:-length], word[-length:]
        if len(end) == length and end in endings:
            stays = _measure(root) < least or (end == "ion" and root[-1] not in "st")
            return word if stays else root + endings[end]
    return word


def _tidy(word):
    """Porter's last step: an e at the end, and one l of two."""
    if word.endswith("e"):
        root = word[:-1]
        if _measure(root) > 1 or (_measure(root) == 1 and not _is_short(root)):
            word = root
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
