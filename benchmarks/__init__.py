"""Benchmarks: each is a ratio measured in one run, because machines are noisy."""
