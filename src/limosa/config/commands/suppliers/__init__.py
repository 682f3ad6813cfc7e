"""Suppliers: what they list, and the prices that we make of it."""
