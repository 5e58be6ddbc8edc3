"""What runs beside the student's code, in its process: probes that checks call by name.

Students write nothing here.
It may import the student's modules, but nothing of `judge`: what it returns is believed no more
than the student's code is.
"""
