"""Benchmarks of the product, run by `limosa bench …`."""
