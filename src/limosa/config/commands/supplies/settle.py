"""Record the outcome of an order that people looked up.

If a supplier's answer to an order was lost and the supplier can't be queried, or if the answer
can't be right, the order is never sent again automatically, and a finding names it. Look it up on
the supplier's own pages, then record here what you found. A new eSIM's activation code is read from
standard input, which keeps it out of the process list.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, set_up_django

if TYPE_CHECKING:
    from limosa.domain.connectivity.answers import Delivered


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("order", metavar="ORDER", help="our number, such as L-7Q4K92MX")
    seen = parser.add_mutually_exclusive_group(required=True)
    seen.add_argument(
        "--not-ordered", action="store_true", help="the supplier has no such order: order it again"
    )
    seen.add_argument(
        "--renewed", action="store_true", help="the bundle was added to the eSIM to be renewed"
    )
    seen.add_argument(
        "--iccid",
        metavar="ICCID",
        help="the supplier delivered this eSIM; enter its activation code when asked",
    )
    parser.add_argument(
        "--reference", metavar="R", default="", help="the supplier's own order number"
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.staff import refusals_told
    from limosa.domain.connectivity.models import Supply
    from limosa.domain.support.operations.settle_supply import settle_supply

    delivered = None if arguments.not_ordered else _delivered(arguments)
    if not Supply.objects.filter(order_number=arguments.order).exists():
        raise CommandFault(f"No supplier has been asked to deliver {arguments.order}.")
    with refusals_told():
        state = settle_supply(
            order_number=arguments.order, delivered=delivered, actor=None, now=timezone.now()
        )
    print(f"{arguments.order} is now {state} at the supplier.")
    return 0


def _delivered(arguments: argparse.Namespace) -> "Delivered":
    from limosa.domain.connectivity.answers import Delivered
    from limosa.domain.esims.engine.profile import Profile
    from limosa.foundation.identifiers import (
        InvalidIdentifierError,
        parse_activation_code,
        parse_iccid,
    )

    if arguments.renewed:
        return Delivered(reference=arguments.reference)
    try:
        iccid = parse_iccid(arguments.iccid)
    except InvalidIdentifierError as error:
        raise CommandFault(f"{arguments.iccid}: {error}.") from error
    print("Activation code:", file=sys.stderr)
    try:
        code = parse_activation_code(sys.stdin.readline())
    except InvalidIdentifierError as error:
        raise CommandFault("An activation code has the form LPA:1$address$matching-id.") from error
    return Delivered(
        reference=arguments.reference, profile=Profile(iccid=iccid, activation_code=code)
    )
