"""Make a batch of redemption codes.

New codes are worth nothing until they are activated. Without --price they are given away. If the
command is interrupted, the worker makes the rest. See docs/explanation/redemption-codes.md.
"""

import argparse
from datetime import UTC, date, datetime, time, timedelta

from limosa.config.command import WrongCall, add_by, counted, set_up_django, whole_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count", type=whole_number(1), required=True, metavar="N", help="how many"
    )
    parser.add_argument("--amount", required=True, help="what each is worth, such as 20.00")
    parser.add_argument("--currency", required=True, help="such as USD")
    parser.add_argument("--label", required=True, help="what they are for")
    parser.add_argument("--price", default="", help="what each is sold for")
    parser.add_argument("--buyer", default="", help="to whom they are sold")
    parser.add_argument(
        "--paid", action="store_true", help="the money for them is in our bank account"
    )
    parser.add_argument(
        "--last-day", type=_day, metavar="DAY", help="the last day, in UTC: 2027-11-30"
    )
    parser.add_argument(
        "--expired-is-income",
        action="store_true",
        help="what expires of sold codes is income (only where the law allows it)",
    )
    add_by(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2027-11-30") from None


def run(arguments: argparse.Namespace) -> int:
    if not arguments.price and (arguments.buyer or arguments.paid or arguments.expired_is_income):
        raise WrongCall("--buyer, --paid and --expired-is-income are for codes with a --price")
    set_up_django()
    from django.utils import timezone

    from limosa.config.code_batches import amount_called, finish_change
    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.redemption.operations.make_batch import Wanted
    from limosa.domain.support.operations.make_codes import make_codes

    currency = arguments.currency.upper()
    expires_at = None
    if arguments.last_day:
        expires_at = datetime.combine(arguments.last_day + timedelta(days=1), time(0), tzinfo=UTC)
    wanted = Wanted(
        label=arguments.label,
        count=arguments.count,
        amount=amount_called(arguments.amount, currency),
        price=amount_called(arguments.price, currency) if arguments.price else None,
        is_paid=arguments.paid,
        buyer=arguments.buyer,
        expired_is_income=arguments.expired_is_income,
        expires_at=expires_at,
    )
    actor = staff_member(arguments.by) if arguments.by else None
    with refusals_told():
        batch = make_codes(wanted=wanted, actor=actor, now=timezone.now())
    finish_change(batch.changes.get(), label=batch.number)
    made = counted(batch.count, "code")
    print(f"{batch.number}: {made} made, serials {batch.first_serial} to {batch.last_serial}")
    print(f"Next: limosa codes export {batch.number} FILE")
    return 0
