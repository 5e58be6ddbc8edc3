"""What runs inside the jail. The folder is copied there and run as `python <folder>`.

Nothing outside the standard library, NumPy and the two modules of cs231n/checks that are laid
beside (protocol.py, dispatch.py) is within reach.
"""
