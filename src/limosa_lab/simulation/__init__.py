"""A simulation of everything that can go wrong with money, replayed by its seed.

The real operations run over a real PostgreSQL; the people, the providers, the clock and the order
of things are played. docs/explanation/fault-simulation.md tells how.
"""
