"""How verdicts are reached: the verifier, the pool of jobs, and a run over a whole class."""
