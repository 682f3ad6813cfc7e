"""Simulate payments going wrong, by seed; check the books.

Starts its own PostgreSQL in a temporary folder and runs the real operations against simulated
providers that lose answers, send notifications late and twice, and take money that was not
requested, while processes die at any point. Checks I1 to I13 after each step and F1 to F10 at the
end of each run. Prints the log of the first run that violates one, and exits with 1. The same seed
replays the same run. See docs/explanation/fault-simulation.md.
"""

import argparse

from limosa_lab.simulation.options import add_simulation_options, simulate_as_told

add_arguments = add_simulation_options


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.simulation.configuration import PAYMENTS

    return simulate_as_told(arguments, space=PAYMENTS)
