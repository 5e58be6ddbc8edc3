"""Words in, words out, and how good they are: vocabularies, decoders, scores of sentences.

Students write `decoding.py`, `sentence_scores.py`, `translation.py`, `translator.py` and
`attention.py`.
It imports `vis_utils` of the root for its figures, and nothing of other folders.
"""
