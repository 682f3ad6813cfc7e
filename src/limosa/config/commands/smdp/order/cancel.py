"""Cancel an order that no device has downloaded.

Its profile becomes available again, or is put aside for good with --final unavailable.
"""

import argparse

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("iccid", metavar="ICCID", help="the profile's")
    parser.add_argument(
        "--final",
        choices=("available", "unavailable"),
        default="available",
        help="what becomes of the profile (%(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.smdp import newest_order_of, refusals_told
    from limosa.domain.rsp.engine.order_calls import Caller
    from limosa.domain.rsp.operations.cancel_download_order import cancel_download_order
    from limosa.protocols.sgp22.status import RspStatus

    order = newest_order_of(arguments.iccid)
    said = f"The order of {arguments.iccid} is {order.state}"
    meaning = {
        RspStatus.PROFILE_IN_USE: f"{said}: a device has the profile.",
        RspStatus.PROFILE_STATE_INVALID: f"{said} already.",
    }
    with refusals_told(meaning):
        cancel_download_order(
            caller=Caller(),
            iccid=arguments.iccid,
            eid=order.eid,
            is_profile_kept=arguments.final == "available",
            now=timezone.now(),
        )
    print(f"The order of {arguments.iccid} is cancelled; the profile is {arguments.final}.")
    return 0
