"""The command line: one module a verb, each with its `command`.

Students write nothing here; what verbs share is in `support/`.
It may import everything in the package, and nothing imports it.
"""
