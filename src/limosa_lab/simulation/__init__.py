"""A simulation of everything that can go wrong with money, reproducible by its seed.

The real operations run on a real PostgreSQL; the people, the providers, the clock and the order of
events are simulated. docs/explanation/fault-simulation.md explains how.
"""
