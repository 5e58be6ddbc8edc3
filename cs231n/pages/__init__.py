"""Pages for the browser, each one file that needs no network.

Students write `live/moving.py`.
It imports modules of the root and the topic folders, but not `commands`.
"""
