"""What moved in a wallet in a month of the person's, in the active language."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.models import AccountKind
from limosa.domain.ledger.queries import Movement, wallet_at, wallet_movements
from limosa.domain.wallets.models import is_top_up
from limosa.foundation.money import Money
from limosa.web.storefront.receipts import SELLER, Receipt
from limosa.web.wording import formatting

KINDS: Mapping[str, Promise] = {
    "payment": _("Paid for an order"),
    "unapplied_payment": _("Payment that no order needed"),
    "refund_request": _("Order refunded"),
    "refund_in_wallet": _("Refund moved to the wallet"),
    "goodwill": _("Credit from us"),
    "dispute_lost": _("Correction after a dispute"),
    "code_redeemed": _("Code redeemed"),
    "top_up": _("Added to the wallet"),
    "wallet_frozen": _("On hold during a dispute"),
    "wallet_thawed": _("Free again after a dispute"),
    "bonus_granted": _("Bonus on a top-up"),
    "bonus_taken_back": _("Bonus taken back with a top-up"),
    "bonus_expired": _("Bonus expired"),
    "bonus_held": _("On hold during a dispute"),
    "bonus_released": _("Free again after a dispute"),
}
_OTHER = pgettext_lazy("wallet", "Other")
_MONTH = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A month of a wallet. `opening`, `closing`: before and after it; `month`: its first day.
    `bonus`: the same of the bonus; None: there was none, and none moved."""

    person: Subscriber
    month: date
    opening: Money
    closing: Money
    movements: list[Movement]
    bonus: "Statement | None" = None

    @property
    def name(self) -> str:
        """What names it: 2026-11-USD."""
        return f"{self.month:%Y-%m}-{self.closing.currency}"

    @property
    def lines(self) -> list[tuple[str, str, Movement]]:
        """The movements, oldest first, with day and words."""
        zone = self.person.time_zone
        return [
            (formatting.full_moment(one.at, time_zone=zone), _what(one), one)
            for one in self.movements
        ]


def month_of(text: str, *, today: date) -> date:
    """Return the first day of the month that a text such as 2026-11 names; else of this one."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def month_after(month: date) -> date:
    """Return the first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


def statement_of(person: Subscriber, *, currency: str, month: date) -> Statement:
    """Return a month's statement; the month is the person's, by their time zone."""
    bonus = _statement(person, currency, month, AccountKind.BONUS)
    is_empty = not bonus.movements and not bonus.opening.amount_minor
    wallet = _statement(person, currency, month, AccountKind.WALLET)
    return wallet if is_empty else replace(wallet, bonus=bonus)


def _statement(person: Subscriber, currency: str, month: date, kind: AccountKind) -> Statement:
    since, until = _start(month, person.time_zone), _start(month_after(month), person.time_zone)
    movements = wallet_movements(
        subscriber_id=person.pk, currency=currency, since=since, until=until, kind=kind
    )
    opening = wallet_at(subscriber_id=person.pk, currency=currency, until=since, kind=kind)
    closing = movements[-1].balance if movements else opening
    return Statement(
        person=person, month=month, opening=opening, closing=closing, movements=movements
    )


def as_csv(statement: Statement) -> str:
    """Return the statement as a table: times in UTC, amounts in major units. `of`: wallet or
    bonus."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(["time", "what", "order", "amount", "balance", "currency", "of"])
    bonus = statement.bonus.movements if statement.bonus else []
    for of, movements in (("wallet", statement.movements), ("bonus", bonus)):
        for one in movements:
            amounts = (one.amount.to_decimal(), one.balance.to_decimal())
            at = one.at.astimezone(UTC).isoformat(timespec="seconds")
            currency = one.amount.currency
            writer.writerow([at, _words(one), one.order_number, *amounts, currency, of])
    return file.getvalue()


def as_receipt(statement: Statement) -> Receipt:
    """Return the statement as what `draw_receipt` draws."""
    zone = statement.person.time_zone
    lines = [
        (gettext("Seller"), SELLER),
        (gettext("Account"), statement.person.email),
        (gettext("Period"), f"{statement.month:%Y-%m}"),
        (gettext("Balance before"), formatting.money(statement.opening)),
    ]
    lines += _drawn(statement)
    if statement.bonus:
        lines.append((gettext("Bonus before"), formatting.money(statement.bonus.opening)))
        lines += _drawn(statement.bonus)
        lines.append((gettext("Bonus after"), formatting.money(statement.bonus.closing)))
    return Receipt(
        statement.name,
        pgettext("wallet", "Statement"),
        lines,
        (gettext("Balance after"), formatting.money(statement.closing)),
        gettext("Times are in %(city)s time") % {"city": formatting.city(zone)},
    )


def _drawn(statement: Statement) -> list[tuple[str, str]]:
    return [
        (at, f"{what}\n{formatting.money(one.amount)} → {formatting.money(one.balance)}")
        for at, what, one in statement.lines
    ]


def _what(one: Movement) -> str:
    words = _words(one)
    return f"{words} · {one.order_number}" if one.order_number else words


def _words(one: Movement) -> str:
    if one.kind == "refund_request" and is_top_up(one.order_number):
        return gettext("Refunded to the original payment method")
    return str(KINDS.get(one.kind, _OTHER))


def _start(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(time_zone))
