"""Redemption codes: make, export, activate and void them."""
