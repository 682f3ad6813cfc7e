"""The options of a range of a batch's serials."""

from argparse import ArgumentParser
from typing import Any

from limosa.config.command import whole_number


def add_range(parser: ArgumentParser) -> None:
    """Add the batch, and the first and last serial."""
    serial: dict[str, Any] = {"type": whole_number(1), "metavar": "SERIAL"}
    parser.add_argument("batch", help="the batch's number, such as B-17")
    parser.add_argument("--first", help="from this serial on (its first)", **serial)
    parser.add_argument("--last", help="up to this serial (its last)", **serial)
