"""Benchmarks: ratios against a reference in the same run, and counts.  `make bench` runs them all."""
