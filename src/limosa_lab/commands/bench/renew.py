"""Measure whole renewals, from quote to journal.

A renewal is a quote, an order, a payment notification, the credit and its journal entry. Starts
its own PostgreSQL in a temporary folder, with fsync on, and renews from several processes: first as
fast as this machine can, then at half that rate. Prints renewals per second, the time from
notification to credit, CPU time and SQL statements per renewal, and where the time goes. WeChat's
own answers and the sending of mail are not included.
"""

import argparse

from limosa.config.command import add_number, seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=seconds, default=15.0, help="length of each phase (%(default)s)"
    )
    add_number(parser, "--processes", least=1, default=4, about="processes that renew")
    add_number(parser, "--esims", least=1, default=3000, about="eSIMs to renew")


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.benchmarks.renewal_run import measure_renewals

    measure_renewals(
        seconds=arguments.seconds, processes=arguments.processes, esims=arguments.esims
    )
    return 0
