"""Features used again: probes, nested training sets, transplanted weights, neighbors.

Students write `feature_transfer.py`.
It imports `training` and `vis_utils` of the root, for its figures.
"""
