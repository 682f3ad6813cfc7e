"""Simulate payments going wrong, by seed, and check the books.

Starts its own PostgreSQL in a temporary folder and runs the real operations in it, against
simulated providers that lose answers, send twice and late, and take money that was not requested,
while processes die anywhere. Checks I1 to I12 after each step, and F1 to F10 at the end of each
run. Prints the log of the first run that breaks one, and exits with 1. The same seed replays the
same run. See docs/explanation/fault-simulation.md.
"""

import argparse

from limosa.config.command import whole_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed",
        type=whole_number(0),
        default=1,
        metavar="N",
        help="the first run's seed (%(default)s)",
    )
    parser.add_argument(
        "--runs",
        type=whole_number(1),
        default=100,
        metavar="M",
        help="how many seeds, one after the other (%(default)s)",
    )
    parser.add_argument(
        "--no-polling",
        action="store_true",
        help="the worker asks no provider by itself: nothing else may be needed",
    )
    parser.add_argument(
        "--bug",
        default="",
        metavar="NAME",
        help="plant a bug, which must be caught; `list` names them",
    )
    parser.add_argument(
        "--processes",
        type=whole_number(1),
        default=2,
        metavar="P",
        help="each with a database of its own (%(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.simulation.report import list_bugs, simulate

    if arguments.bug == "list":
        list_bugs()
        return 0
    return simulate(
        seeds=range(arguments.seed, arguments.seed + arguments.runs),
        polls=not arguments.no_polling,
        bug=arguments.bug,
        processes=arguments.processes,
    )
