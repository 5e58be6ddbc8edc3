"""Data sets: the registry, downloads that resume, and readers of what lies in the cache.

Students write nothing here.
It imports `files`, `drawn` and `image_utils` of the root.
"""
