"""Show what people are owed, by rows and by the journal.

Covers wallets, frozen money, bonuses and codes. Prints a line for each kind and currency, in major
units; exits with 1 if the two sides differ anywhere. On a past day the rows are those of now, less
what was booked since. A day ends at midnight in the service's time zone. See
docs/explanation/money.md.
"""

import argparse
import csv
import sys
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from limosa.config.command import set_up_django

if TYPE_CHECKING:
    from limosa.domain.support.liabilities import Liability

_COLUMNS = ("kind", "currency", "rows", "journal", "difference")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--day", type=_day, metavar="DAY", help="at the end of that day: 2026-11-30; else now"
    )
    parser.add_argument("--csv", action="store_true", help="print a table as CSV")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2026-11-30") from None


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from zoneinfo import ZoneInfo

    from django.conf import settings

    from limosa.domain.support.liabilities import liabilities

    until = None
    if arguments.day:
        zone = ZoneInfo(settings.SERVICE_TIME_ZONE)
        until = datetime.combine(arguments.day + timedelta(days=1), time(0), tzinfo=zone)
    found = liabilities(until=until)
    rows = [_cells(one) for one in found]
    if arguments.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([_COLUMNS, *rows])
    else:
        for kind, currency, own, booked, difference in rows:
            print(f"{kind:<18}{own:>18} {booked:>18} {currency}  difference {difference}")
    return 1 if any(one.difference.amount_minor for one in found) else 0


def _cells(one: "Liability") -> tuple[str, str, str, str, str]:
    sides = (one.own, one.booked, one.difference)
    own, booked, difference = (f"{side.to_decimal():f}" for side in sides)
    return one.kind, one.own.currency, own, booked, difference
