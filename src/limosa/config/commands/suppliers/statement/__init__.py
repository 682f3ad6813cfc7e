"""Suppliers' statements."""
