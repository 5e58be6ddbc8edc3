"""Words in, words out, and how good they are: language models, decoders, scores of sentences.

Students write `decoding.py`, `sentence_scores.py`, and the language models: `ngrams.py`,
`recurrence.py`, `language_model.py`, `streams.py` and `writing.py`.
It imports modules of the root (layers, update rules, `vis_utils`), and nothing of other folders.
Students write `decoding.py`, `sentence_scores.py`, `translation.py`, `translator.py` and
`attention.py`.
It imports `vis_utils` of the root for its figures, and nothing of other folders.
"""
