"""Measure payment notifications, channel by channel.

Notifications are sent over HTTP to the real web server, verified, credited and answered. The
command starts the server and its own PostgreSQL, in a temporary folder and with fsync on. It sends
notifications signed in advance, as each provider signs them: in three rounds, of which the median
counts, as fast as answers come, then at half that rate; finally during a flood of 1,000 forgeries
a second, with equally long periods before and after it. Prints rates, times, CPU time, and how the
forgeries were counted. Everything runs on this machine, including the sender.
"""

import argparse

from limosa.config.command import add_number, seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds",
        type=seconds,
        default=8.0,
        help="length of each phase, over all rounds (%(default)s)",
    )
    parser.add_argument(
        "--flood-seconds", type=seconds, default=30.0, help="length of the flood (%(default)s)"
    )
    add_number(parser, "--esims", least=1, default=3000, about="eSIMs to renew")


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.benchmarks.payments_run import measure_payments

    measure_payments(
        seconds=arguments.seconds,
        flood_seconds=arguments.flood_seconds,
        esims=arguments.esims,
    )
    return 0
