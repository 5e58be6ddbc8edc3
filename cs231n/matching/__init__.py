"""Sentences that find pictures, and pictures that find sentences: scores, losses, grounding.

Students write the modules that the table below `checks/exercises` names.
It imports modules of the root and `files`, `kernels`, `language`, `training`, `drawn`, `data`,
`classifiers` and `captioning`.
"""
