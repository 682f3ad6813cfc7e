"""Simulations of what goes wrong."""
