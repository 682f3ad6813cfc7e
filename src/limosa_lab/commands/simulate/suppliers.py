"""Simulate suppliers going wrong, by seed; check the books.

Starts its own PostgreSQL in a temporary folder and runs the real operations against up to three
simulated suppliers that sell the same plans: they lose answers, act late, refuse, run out, change
prices, and send callbacks twice and out of order, while processes die at any point. Checks I1 to
I13 after each step and F1 to F12 at the end of each run. Prints the log of the first run that
violates one, and exits with 1. The same seed replays the same run. See
docs/explanation/fault-simulation.md.
"""

import argparse

from limosa_lab.simulation.options import add_simulation_options, simulate_as_told

add_arguments = add_simulation_options


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.simulation.configuration import SUPPLIERS

    return simulate_as_told(arguments, space=SUPPLIERS)
