"""Where a student's code runs: the jail, its jobs, and the worker inside it."""
