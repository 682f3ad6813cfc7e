"""Measure how fast redemption codes are made and redeemed.

Starts its own PostgreSQL in a temporary folder, with fsync on, and makes a batch with the product's
operations: codes, digests and rows, in parts. Then it exports them to a file, activates them all,
and redeems some, one after the other. Prints how long each took, and the most memory that the
process had. Exits with 1 if making a million codes would take a minute or more.
"""

import argparse

from limosa.config.command import add_number

MILLION, SECONDS_MAX = 1_000_000, 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--count", least=1_000, default=MILLION, about="codes to make")
    add_number(parser, "--redeemed", least=1, default=1_000, about="codes to redeem")


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.benchmarks.codes import measure_codes

    steps = measure_codes(count=arguments.count, redeemed=arguments.redeemed)
    for step in steps:
        rate = step.count / step.seconds
        print(
            f"{step.what:<10}{step.count:>12,} codes{step.seconds:>9.1f} s{rate:>12,.0f}/s"
            f"{step.memory_mib:>7,.0f} MiB"
        )
    return 0 if steps[0].seconds / arguments.count * MILLION < SECONDS_MAX else 1
