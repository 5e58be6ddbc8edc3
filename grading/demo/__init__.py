"""The demonstration: a small class hands in, and is graded."""
