"""Simulate renewals going wrong, by seed; check the promises.

Starts its own PostgreSQL in a temporary folder and plays months of two eSIMs with the real
operations, by a clock that jumps: banks decline and answer late, mail is refused, prices move,
people change their minds while a worker charges them, and workers die at any point. A witness that
believes only people, banks and the mail server checks R1 to R9, beside the invariants of payments.
Prints the log of the first run that violates one, and exits with 1. The same seed replays the same
run. See docs/explanation/fault-simulation.md.
"""

import argparse

from limosa_lab.simulation.options import add_simulation_options, simulate_as_told

add_arguments = add_simulation_options


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.simulation.renewal_choices import RENEWALS

    return simulate_as_told(arguments, space=RENEWALS)
