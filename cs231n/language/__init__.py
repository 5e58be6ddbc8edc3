"""Words in, words out, and how good they are: language models, decoders, scores of sentences.

Students write `decoding.py` and `sentence_scores.py`, the language models (`ngrams.py`,
`recurrence.py`, `language_model.py`, `streams.py`, `writing.py`), the word vectors
(`word_vectors.py`, `word_relations.py`) and the translator (`translation.py`, `translator.py`,
`attention.py`).
It imports modules of the root (layers, update rules, `vis_utils`) and `kernels`.
"""
