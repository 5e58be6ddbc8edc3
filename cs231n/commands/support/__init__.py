"""What the verbs of the command line share: the group they belong to, errors, packing.

Students write nothing here.
It may import everything in the package.
"""
