"""Simulate suppliers going wrong, by seed; check the books.

Starts its own PostgreSQL in a temporary folder and runs the real operations against up to three
simulated suppliers that sell the same plans: they lose answers, act late, refuse, run out, change
prices, and send callbacks twice and out of order, while processes die at any point. Checks I1 to
I12 after each step and F1 to F12 at the end of each run. Prints the log of the first run that
violates one, and exits with 1. The same seed replays the same run. See
docs/explanation/fault-simulation.md.
"""

import argparse

from limosa.config.command import add_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--seed", least=0, default=1, about="seed of the first run")
    add_number(
        parser, "--runs", least=1, default=100, about="number of runs; each has the next seed"
    )
    parser.add_argument(
        "--no-polling",
        action="store_true",
        help="the worker never polls a provider; everything must hold all the same",
    )
    parser.add_argument(
        "--bug",
        default="",
        metavar="NAME",
        help="plant this bug, which must be caught; `list` lists all",
    )
    add_number(
        parser, "--processes", least=1, default=2, about="processes, each with its own database"
    )


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.simulation.configuration import SUPPLIERS
    from limosa_lab.simulation.report import list_bugs, simulate

    if arguments.bug == "list":
        list_bugs(SUPPLIERS)
        return 0
    return simulate(
        space=SUPPLIERS,
        seeds=range(arguments.seed, arguments.seed + arguments.runs),
        polls=not arguments.no_polling,
        bug=arguments.bug,
        processes=arguments.processes,
    )
