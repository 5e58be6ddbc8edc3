"""What runs on both sides: in the student's process, where checks call it, and in the judge's.

Students write nothing here.
It may import the student's modules where a function is called; each process has a copy of its own.
"""
