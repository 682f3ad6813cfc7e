"""Limosa's laboratory: fault simulation with planted bugs, benchmarks, and generated data for them.

A distribution of its own, `limosa-lab`, for people who work on Limosa. It may use all of `limosa`;
`limosa` never imports it, and finds its commands through the entry-point group `limosa.commands`.
The product's package therefore ships no deliberate fault.
"""
