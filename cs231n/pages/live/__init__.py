"""Networks that run in a page: moved there, checked there, trained there.

Students write `moving.py`; the rest reads models, and writes the page of the files beside it.
It imports what `pages` may.
"""
