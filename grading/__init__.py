"""What the instructor runs: release, intake, jail, verifier, gradebook, feedback. Never shipped."""
