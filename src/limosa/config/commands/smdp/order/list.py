"""List orders, the newest first, and refused codes."""

import argparse

from limosa.config.command import set_up_django, whole_number

STATES = (
    "allocated",
    "linked",
    "confirmed",
    "released",
    "downloaded",
    "installed",
    "error",
    "cancelled",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", choices=STATES, default="", help="only these")
    parser.add_argument("--type", dest="kind", default="", metavar="TYPE", help="only of this type")
    parser.add_argument(
        "--locked", action="store_true", help="only those that wrong confirmation codes locked"
    )
    parser.add_argument(
        "--limit", type=whole_number(1), default=50, metavar="N", help="at most this many (50)"
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.config.smdp import profile_type_of
    from limosa.config.smdp_shown import wrong_codes_told
    from limosa.domain.rsp.queries import newest_orders

    if arguments.kind:
        profile_type_of(arguments.kind)
    orders = newest_orders(
        state=arguments.state, profile_type=arguments.kind, is_locked=arguments.locked
    )
    rows = list(orders[: arguments.limit])
    if not rows:
        print("No orders. Make one: limosa smdp order new --type TYPE")
        return 0
    print(
        f"{'ICCID':<20} {'STATE':<10} {'TYPE':<16} {'ORDERED (UTC)':<16} {'EID':<32} "
        "CONFIRMATION CODE"
    )
    for order in rows:
        profile = order.profile
        eid = order.bound_eid or order.eid
        line = (
            f"{profile.iccid:<20} {order.state:<10} {profile.profile_type.code:<16} "
            f"{order.ordered_at:%Y-%m-%d %H:%M} {eid:<32} "
            f"{wrong_codes_told(order)}"
        )
        print(line.rstrip())
    return 0
