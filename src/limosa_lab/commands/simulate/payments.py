"""Simulate payments going wrong, by seed, and check the books.

Starts its own PostgreSQL in a temporary folder and runs the real operations in it, against
simulated providers that lose answers, send twice and late, and take money that was not requested,
while processes die anywhere. Checks I1 to I12 after each step, and F1 to F10 at the end of each
run. Prints the log of the first run that breaks one, and exits with 1. The same seed replays the
same run. See docs/explanation/fault-simulation.md.
"""

import argparse

from limosa.config.command import add_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--seed", least=0, default=1, about="the first run's seed")
    add_number(parser, "--runs", least=1, default=100, about="how many seeds, one after the other")
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
    add_number(parser, "--processes", least=1, default=2, about="each with a database of its own")


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
