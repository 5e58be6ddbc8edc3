"""How `cs231n.gradient_check` finds out whether a gradient is right, and where it is not.

Students write nothing here.
It imports NumPy alone (`figures` also matplotlib, when a plot is asked for), so that it serves
other projects.
"""
