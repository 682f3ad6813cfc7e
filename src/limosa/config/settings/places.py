"""Paths in the installed package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
