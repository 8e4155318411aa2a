"""Benchmarks: ours beside its peers, in one run, on the same input."""
