"""Where the package lies."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
