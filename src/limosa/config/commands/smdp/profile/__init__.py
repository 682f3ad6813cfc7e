"""Profiles in stock."""
