"""The options of `limosa simulate`, and what they start: the same whatever is simulated."""

import argparse

from limosa.config.command import add_number


def add_simulation_options(parser: argparse.ArgumentParser) -> None:
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


def simulate_as_told(arguments: argparse.Namespace, *, space: str) -> int:
    """Run what the options say, or list the planted bugs. Returns the exit code."""
    from limosa_lab.simulation.report import list_bugs, simulate

    if arguments.bug == "list":
        list_bugs(space)
        return 0
    return simulate(
        space=space,
        seeds=range(arguments.seed, arguments.seed + arguments.runs),
        polls=not arguments.no_polling,
        bug=arguments.bug,
        processes=arguments.processes,
    )
