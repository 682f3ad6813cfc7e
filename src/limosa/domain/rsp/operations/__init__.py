"""Writes to profiles, their orders and their downloads."""
