"""Make profiles of a network of your own.

They are copies of GSMA's generic test profile (TS.48), each with its own ICCID, its own IMSI in the
test network 001 01, and random keys, which only the card and this database know.
"""

import argparse

from limosa.config.command import counted, set_up_django, whole_number

_SHOWN_MAX = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count", type=whole_number(1, 100_000), default=1, metavar="N", help="how many (1)"
    )
    parser.add_argument(
        "--type", required=True, dest="kind", metavar="TYPE", help="the type of all these profiles"
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.smdp import profile_type_of
    from limosa.domain.rsp.operations.make_profiles import make_profiles

    kind = profile_type_of(arguments.kind)
    iccids = make_profiles(count=arguments.count, profile_type=kind, now=timezone.now())
    for iccid in iccids[:_SHOWN_MAX]:
        print(iccid)
    if len(iccids) > _SHOWN_MAX:
        print(f"… and {len(iccids) - _SHOWN_MAX:,} more")
    print(f"made {counted(len(iccids), 'profile')} of type {kind.code}")
    return 0
