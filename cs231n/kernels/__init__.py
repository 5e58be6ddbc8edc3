"""Compiled loops for convolutions, other layers and recurrent networks, each with a NumPy twin.

Students write nothing here: their own kernel is `cs231n/im2col_cython.pyx`.
It imports nothing of the package.
"""
