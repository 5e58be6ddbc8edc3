"""What the checks share in the judge's process: comparisons, drawn cases, known mistakes.

Students write nothing here.
It imports the core of `checks`, and never `beside`, which runs in the student's process.
"""
