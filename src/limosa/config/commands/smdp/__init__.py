"""Profiles by download (SM-DP+)."""
