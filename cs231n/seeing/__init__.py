"""Looking inside networks: what a unit sees, images made to please it, a map of codes.

Students write `unit_visualization.py`, `image_synthesis.py` and `tsne.py`.
It imports modules of the root, and nothing of other folders.
"""
