"""Measure the schedule by which suppliers are asked for use.

Starts its own PostgreSQL in a temporary folder, with fsync on, makes eSIMs of three suppliers with
a running bundle each, and has the product plan when each is asked for, over an hour. Several
processes do then what the worker does, for that hour or the first minutes of it, on a clock that
may run faster than ours; the suppliers are in the same processes, answer after 0.3 of its seconds,
and write down who asked what when. Prints how far behind the plan eSIMs were asked for, the most
calls that a supplier had in a minute, and how many eSIMs were asked for twice at once. Exits with 1
unless all were asked for in time, none twice at once, and no supplier more often than it takes.
"""

import argparse

from limosa.config.command import add_number, seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--esims", least=100, default=100_000, about="eSIMs to ask for")
    add_number(parser, "--processes", least=1, default=2, about="processes that ask")
    parser.add_argument(
        "--speed",
        type=seconds,
        default=1.0,
        help="how many times as fast as ours its clock runs (%(default)s)",
    )
    add_number(
        parser, "--minutes", least=1, default=60, about="minutes of the hour, from its beginning"
    )


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.benchmarks.usage.run import measure_usage

    is_met = measure_usage(
        esims=arguments.esims,
        processes=arguments.processes,
        speed=arguments.speed,
        minutes=arguments.minutes,
    )
    return 0 if is_met else 1
