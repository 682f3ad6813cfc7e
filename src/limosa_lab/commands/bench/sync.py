"""Measure the sync of a supplier's price list.

Starts its own PostgreSQL in a temporary folder, with fsync on, and a supplier on the loopback
interface that lists plans over HTTP, a hundred to a page. Fetches the list in a separate process,
with a progress bar: first when all of it is new, again when nothing has changed, and once more with
50 planted differences of all kinds. Each time the plans on sale are priced. Prints the times and
that process's peak memory; exits with 1 if a time or the memory is over the target, or unless
exactly the planted differences are found. PostgreSQL's own memory and the supplier's are not
included.
"""

import argparse

from limosa.config.command import add_number

PLANS_MIN = 1_000  # The planted differences need some room.


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(
        parser,
        "--plans",
        least=PLANS_MIN,
        default=20_000,
        about="plans in the list, at least 1,000",
    )
    add_number(
        parser,
        "--on-sale",
        least=0,
        default=2_000,
        about="plans of ours that are bought from it",
    )


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.benchmarks.price_list import measure_sync

    return 0 if measure_sync(plans=arguments.plans, on_sale=arguments.on_sale) else 1
