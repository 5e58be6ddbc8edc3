"""Words and their numbers: which words a model knows, and sentences as rows of numbers."""

import json
from collections import Counter
from pathlib import Path

import numpy as np

__all__ = ["END", "NULL", "SPECIAL", "START", "UNK", "Vocabulary"]

# What fills sentences up, begins and ends them, and stands for words that are not known. The
# numbers are those of a `Vocabulary`; the `word_to_idx` of a model may have others.
SPECIAL = ("<NULL>", "<START>", "<END>", "<UNK>")
NULL, START, END, UNK = range(4)


class Vocabulary:
    """The words a model knows: 0 fills up, 1 starts, 2 ends, 3 is any word not known.

    Parameters
    ----------
    words : iterable of str
        Behind the four of `SPECIAL`, numbered from 4 on.

    Attributes
    ----------
    idx_to_word : list of str
    word_to_idx : dict

    Raises
    ------
    ValueError
        If a word comes twice.
    """

    def __init__(self, words):
        self.idx_to_word = [*SPECIAL, *words]
        self.word_to_idx = {word: i for i, word in enumerate(self.idx_to_word)}
        if len(self.word_to_idx) < len(self.idx_to_word):
            (twice, _), *_ = Counter(self.idx_to_word).most_common(1)
            raise ValueError(f"Vocabulary: the word {twice!r} comes twice; give every word once.")

    @classmethod
    def count(cls, sentences, at_least=5, most=None):
        """Take the words that come often enough.

        Parameters
        ----------
        sentences : iterable of list of str
            Of the training set alone.
        at_least : int
            How often a word has to come.
        most : int, optional
            How many words to take at most, the four special ones not counted.

        Returns
        -------
        Vocabulary
            The commonest word first, words equally common by alphabet.

        Raises
        ------
        ValueError
            If no word comes so often.
        """
        counts = Counter(word for words in sentences for word in words)
        often = [word for word, n in counts.items() if n >= at_least and word not in SPECIAL]
        if not often:
            raise ValueError(
                f"Vocabulary: no word comes {at_least} times in the {counts.total()} words given; "
                "take a lower threshold, or more sentences."
            )
        return cls(sorted(often, key=lambda word: (-counts[word], word))[:most])

    def __len__(self):
        return len(self.idx_to_word)

    def encode(self, words, length):
        """Turn a sentence into a row of numbers, <START> and <END> included.

        Parameters
        ----------
        words : list of str
            Those beyond `length` - 2 are cut off.
        length : int
            T, at least 2.

        Returns
        -------
        ndarray, shape (T,), int32
            Filled up with 0.
        """
        if length < 2:
            raise ValueError(f"Vocabulary.encode: length should be 2 or more but is {length}.")
        row = np.zeros(length, dtype=np.int32)
        known = [self.word_to_idx.get(word, UNK) for word in words[: length - 2]]
        row[: len(known) + 2] = [START, *known, END]
        return row

    def encode_all(self, sentences_of, length):
        """Turn the sentences of many pictures into one array.

        Parameters
        ----------
        sentences_of : list of list of list of str
            For each picture, any number of sentences.
        length : int

        Returns
        -------
        captions : ndarray, shape (M, T), int32
            One row a sentence, picture by picture.
        image_idxs : ndarray, shape (M,), int32
            The number of each sentence's picture.
        """
        counts = [len(sentences) for sentences in sentences_of]
        captions = np.zeros((sum(counts), length), dtype=np.int32)
        rows = (words for sentences in sentences_of for words in sentences)
        for i, words in enumerate(rows):
            captions[i] = self.encode(words, length)
        return captions, np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    def decode(self, captions):
        """Turn rows of numbers (N, T) into lists of words, up to <END> and without special ones."""
        sentences = []
        for row in np.atleast_2d(captions):
            ends = np.flatnonzero(row == END)
            row = row[: ends[0]] if len(ends) else row
            sentences.append([self.idx_to_word[i] for i in row if i not in (NULL, START)])
        return sentences

    def unknown_rate(self, sentences):
        """Return the share of words that are not known, from 0 to 1; 0 if there is no word."""
        words = [word for words in sentences for word in words]
        return sum(word not in self.word_to_idx for word in words) / max(1, len(words))

    def save(self, path):
        """Write the words as JSON, in the form of the course's coco2014_vocab.json."""
        content = {"idx_to_word": self.idx_to_word, "word_to_idx": self.word_to_idx}
        Path(path).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it holds something else.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"Vocabulary.load: there is no file {path}; check its name.")
        try:
            words = json.loads(path.read_text(encoding="utf-8"))["idx_to_word"]
            texts = all(isinstance(word, str) for word in words)
        except (ValueError, KeyError, TypeError):
            words, texts = [], False
        if not texts or tuple(words[: len(SPECIAL)]) != SPECIAL:
            raise ValueError(
                f"{path} should be a table with 'idx_to_word', a list of words that begins with "
                f"{', '.join(SPECIAL)}; write it with Vocabulary.save."
            )
        return cls(words[len(SPECIAL) :])
