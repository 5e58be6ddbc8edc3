"""Measurements beside peers, in one run, as ratios: `make bench`. Nothing here decides a test."""
