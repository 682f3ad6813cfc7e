"""Measure payment notifications: sent over HTTP, verified, credited, answered; per channel.

Starts a PostgreSQL of its own in a temporary folder, with fsync on, and the real web server. Sends
notifications that were signed before as each provider signs: in rounds, as fast as answers come,
then at half of that; last beside a flood of 1,000 forged ones a second. Prints rates, times, CPU,
and what was counted of the forged. All of it runs on this machine, the sending too.
"""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=float, default=8.0, help="of each phase, all rounds together"
    )
    parser.add_argument("--flood-seconds", type=float, default=30.0, help="of it (%(default)s)")
    parser.add_argument("--esims", type=int, default=3000, help="to renew (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.benchmarks.payments_run import measure_payments

    measure_payments(
        seconds=arguments.seconds,
        flood_seconds=arguments.flood_seconds,
        esims=arguments.esims,
    )
    return 0
