"""Measure downloads of profiles from the built-in SM-DP+.

Starts its own PostgreSQL in a temporary folder, with fsync on, and `limosa smdp` with one process
per core and certificates of its own. The virtual phone installs a profile; then cheap phones
download the generic test profile over TLS 1.3, a new connection per call, and report that it is
installed. Prints, for P-256 and brainpoolP256r1 and for each number of clients, downloads a second
and the CPU time of a download, with the verification of its report: the server's, PostgreSQL's, and
the client's apart; and what other processes took of the machine meanwhile, since a download costs
more beside them. Then, what a session left open takes in memory; with --profiles, also the cost
beside a large stock. Exits with 1 if a bar is missed. Everything runs on this machine.
"""

import argparse

from limosa.config.command import add_number, seconds, whole_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=seconds, default=8.0, help="length of each phase (%(default)s)"
    )
    parser.add_argument(
        "--clients",
        type=whole_number(1),
        nargs="+",
        default=[1, 8, 64],
        metavar="N",
        help="downloads at a time, a phase for each number (1 8 64)",
    )
    add_number(parser, "--sessions", least=1, default=500, about="sessions to leave open")
    add_number(
        parser,
        "--profiles",
        least=0,
        default=0,
        about="profiles to add to the stock before the same is measured again; 0: don't",
    )


def run(arguments: argparse.Namespace) -> int:
    from limosa_lab.benchmarks.smdp.run import Wanted, measure_smdp

    wanted = Wanted(
        seconds=arguments.seconds,
        clients=arguments.clients,
        sessions=arguments.sessions,
        profiles=arguments.profiles,
    )
    return 0 if measure_smdp(wanted) else 1
