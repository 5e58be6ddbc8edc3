"""Checks that only the grader runs, beside the public ones: other shapes, other properties.

One module per notebook, written like those of `cs231n/checks/suites`, with `hidden=True`.
"""
