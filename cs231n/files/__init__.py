"""Files that appear whole or not at all, the cache, checkpoints, and weights from elsewhere.

Students write nothing here.
It imports nothing of the package.
"""
