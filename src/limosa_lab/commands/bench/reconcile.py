"""Measure the reconciliation of a day.

Starts its own PostgreSQL in a temporary folder, with fsync on, creates a day of payments and the
provider's settlement file for it, plants 50 differences of all kinds, and reconciles in a separate
process. Prints the time and that process's peak memory; exits with 1 unless exactly the planted
differences are found. The download and PostgreSQL's own memory are not included.
"""

import argparse

from limosa.config.command import add_number

PAYMENTS_MIN = 3_000  # The planted differences need this many.


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(
        parser,
        "--payments",
        least=PAYMENTS_MIN,
        default=100_000,
        about="payments in the day, at least 3,000",
    )


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.benchmarks.reconciliation import measure_reconciliation

    return 0 if measure_reconciliation(payments=arguments.payments) else 1
