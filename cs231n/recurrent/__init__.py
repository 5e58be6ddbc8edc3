"""Recurrent networks beyond the layers: gates over time, a dropout, a memory task, a fast graph.

Students write `lstm_gates.py` and `recurrent_dropout.py`.
It imports `kernels` and modules of the root.
"""
