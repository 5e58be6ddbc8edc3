"""Models of the next word that need no training: a tree of chances, and counts of a text.

Both have `begin` and `advance`, as a captioning network has, so that `decoding` works with them.
They look at no picture: features may be anything with one row for each sentence.
"""

from collections import Counter, defaultdict

import numpy as np

from cs231n.language import vocabulary

__all__ = ["END", "START", "WordChain", "WordTree"]

START, END = 0, 1  # nothing is filled up here, and no word is unknown
FRAMES = [vocabulary.SPECIAL[vocabulary.START], vocabulary.SPECIAL[vocabulary.END]]
NEVER = 1e-12  # the chance of what does not come, so that it has a logarithm


class _Words:
    """Numbers of words, both ways."""

    def __init__(self, words):
        self.idx_to_word = FRAMES + sorted(set(words) - set(FRAMES))
        self.word_to_idx = {word: number for number, word in enumerate(self.idx_to_word)}

    def text(self, sentence):
        """The words of a `decoding.Sentence`, as a line."""
        words = [self.idx_to_word[word] for word in sentence.words]
        return " ".join(words + FRAMES[END:] * sentence.finished)


class WordTree(_Words):
    """A few sentences, with the chance of every word behind every beginning.

    Parameters
    ----------
    chances : dict of str to dict
        A beginning, "" for none, to words and their chances, which sum to 1: {"": {"a": 0.6, "the":
        0.4}, "a": ...}. Behind beginnings that are not in it comes "<END>".

    Attributes
    ----------
    chances : dict
    idx_to_word : list of str
        "<START>", "<END>", then the others.
    word_to_idx : dict

    Raises
    ------
    ValueError
        If chances do not sum to 1.
    """

    def __init__(self, chances):
        super().__init__(word for row in chances.values() for word in row)
        for beginning, row in chances.items():
            if abs(sum(row.values()) - 1) > 1e-9:
                raise ValueError(
                    f"WordTree: the chances behind {beginning!r} sum to {sum(row.values()):g}; "
                    "they should sum to 1."
                )
        self.chances, self._beginnings = chances, [None]

    def begin(self, features):
        """No words yet: a tuple of one array, (N,), of the beginnings' numbers."""
        return (np.zeros(len(features), dtype=np.int64),)

    def advance(self, state, words):
        """Read one more word of each sentence: scores (N, V) of the next, and the state."""
        numbers, scores = [], np.full((len(words), len(self.idx_to_word)), np.log(NEVER))
        for row, (number, word) in enumerate(zip(*state, words)):
            before = self._beginnings[number]
            text = "" if before is None else f"{before} {self.idx_to_word[word]}".strip()
            if text not in self._beginnings:
                self._beginnings.append(text)
            numbers.append(self._beginnings.index(text))
            for following, chance in self.chances.get(text, {FRAMES[END]: 1.0}).items():
                scores[row, self.word_to_idx[following]] = np.log(chance)
        return scores, (np.array(numbers),)


class WordChain(_Words):
    """What comes behind so many words, counted in a text; it remembers no more than these.

    Parameters
    ----------
    text : list of str
        One long line of words; "<END>" comes only where the text has it.
    order : int
        Words that are remembered.

    Attributes
    ----------
    idx_to_word : list of str
        "<START>", "<END>", then the others.
    word_to_idx : dict

    Raises
    ------
    ValueError
        If the text has not more than `order` words.
    """

    def __init__(self, text, order=1):
        if not 1 <= order < len(text):
            raise ValueError(
                f"WordChain: order is {order}; it should be 1 or more, and less than the "
                f"{len(text)} words of the text."
            )
        super().__init__(text)
        numbers, self.order = [self.word_to_idx[word] for word in text], order
        self._counts = defaultdict(Counter)
        for place, number in enumerate(numbers):
            for known in range(order + 1):  # fewer are known where a text begins, or are unheard of
                if known <= place:
                    self._counts[tuple(numbers[place - known : place])][number] += 1

    def begin(self, features):
        """No words yet: a tuple of one array, (N, order)."""
        return (np.full((len(features), self.order), START),)

    def advance(self, state, words):
        """Read one more word of each sentence: scores (N, V) of the next, and the state."""
        last = np.column_stack([state[0][:, 1:], words])  # (N, order)
        scores = np.full((len(last), len(self.idx_to_word)), np.log(NEVER))
        for row, context in enumerate(last.tolist()):
            counts = self._counts_behind(context)
            scores[row, list(counts)] = np.log(list(counts.values()))
        return scores, (last,)

    def _counts_behind(self, context):
        """Counts behind the words that are known, or behind the last of them that were seen."""
        known = [word for word in context if word != START]
        while tuple(known) not in self._counts:
            known = known[1:]
        return self._counts[tuple(known)]
