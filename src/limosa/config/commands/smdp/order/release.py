"""Let devices download an order that is confirmed."""

import argparse

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("iccid", metavar="ICCID", help="the profile's")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.smdp import newest_order_of, refusals_told
    from limosa.domain.rsp.engine.order_calls import Caller
    from limosa.domain.rsp.operations.release_profile import release_profile
    from limosa.protocols.sgp22.status import RspStatus

    order = newest_order_of(arguments.iccid)
    meaning = {
        RspStatus.PROFILE_STATE_INVALID: f"The order of {arguments.iccid} is {order.state}: only "
        "one that is confirmed can be released."
    }
    with refusals_told(meaning):
        order = release_profile(caller=Caller(), iccid=arguments.iccid, now=timezone.now())
    print(f"{arguments.iccid} is {order.state}.")
    return 0
