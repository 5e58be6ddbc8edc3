"""Classifiers, from the nearest neighbour on. Each is importable from here, as notebooks do."""

from .k_nearest_neighbor import KNearestNeighbor

__all__ = ["KNearestNeighbor"]
