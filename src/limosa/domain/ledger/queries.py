"""Reads of the journal."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Case, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce, Concat

from limosa.domain.ledger.models import HELD_KINDS, Account, AccountKind, Posting
from limosa.foundation.money import Money

_COMBINED = [
    AccountKind.WALLET,
    AccountKind.BONUS,
    AccountKind.CODES_OUTSTANDING,
    AccountKind.RECEIVABLE,
]
_ZERO = Value(0, output_field=BigIntegerField())


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """One account's sums; the differences sum to zero over all accounts of a currency."""

    code: str
    kind: str
    currency: str
    debit_minor: int
    credit_minor: int

    @property
    def balance_minor(self) -> int:
        """Debits minus credits."""
        return self.debit_minor - self.credit_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletDrift:
    """A wallet, or a person's bonus, whose stored balance differs from its postings (I2); there
    should be none."""

    code: str
    kept_minor: int
    summed_minor: int


def wallet_balance(*, subscriber_id: int) -> list[Money]:
    """Return a person's wallets, by currency; empty if they never had one."""
    rows = Account.objects.filter(subscriber_id=subscriber_id, kind=AccountKind.WALLET).order_by(
        "currency"
    )
    return [Money(row.balance_minor or 0, row.currency) for row in rows]


def wallet_in(*, subscriber_id: int, currency: str) -> Money:
    """Return a person's wallet in one currency; zero if there is none."""
    for money in wallet_balance(subscriber_id=subscriber_id):
        if money.currency == currency:
            return money
    return Money(0, currency)


def bonus_balance(*, subscriber_id: int) -> list[Money]:
    """Return what a person has of bonuses, by currency; without those in which they have none."""
    rows = Account.objects.filter(
        subscriber_id=subscriber_id, kind=AccountKind.BONUS, balance_minor__gt=0
    ).order_by("currency")
    return [Money(row.balance_minor or 0, row.currency) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spendable:
    """What a person can pay with from their wallet in one currency: their money, then their
    bonus."""

    money: Money
    bonus: Money

    @property
    def total(self) -> Money:
        """Both."""
        return self.money + self.bonus


def spendable_in(*, subscriber_id: int, currency: str) -> Spendable:
    """Return what a person can pay with from their wallet in one currency. One statement."""
    rows = Account.objects.filter(
        subscriber_id=subscriber_id,
        kind__in=(AccountKind.WALLET, AccountKind.BONUS),
        currency=currency,
    )
    held = dict(rows.values_list("kind", "balance_minor"))
    return Spendable(
        money=Money(held.get(AccountKind.WALLET) or 0, currency),
        bonus=Money(held.get(AccountKind.BONUS) or 0, currency),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What went into a wallet, or into a person's bonus, or (below zero) out of it, and what was in
    it after that."""

    at: datetime
    kind: str
    order_number: str
    amount: Money
    balance: Money


def wallet_movements(
    *,
    subscriber_id: int,
    currency: str,
    since: datetime,
    until: datetime,
    kind: AccountKind = AccountKind.WALLET,
) -> list[Movement]:
    """Return what moved in a person's wallet, or their bonus, from `since` and before `until`,
    oldest first."""
    rows = Posting.objects.filter(
        account__code=f"{kind.value}:{subscriber_id}:{currency}", entry__posted_at__lt=until
    )
    before = rows.filter(entry__posted_at__lt=since).aggregate(total=Sum("amount_minor"))
    balance_minor = -(before["total"] or 0)
    found = []
    later = rows.filter(entry__posted_at__gte=since).select_related("entry")
    for row in later.order_by("entry__posted_at", "id"):
        balance_minor -= row.amount_minor
        found.append(
            Movement(
                at=row.entry.posted_at,
                kind=row.entry.kind,
                order_number=row.entry.order_number,
                amount=Money(-row.amount_minor, currency),
                balance=Money(balance_minor, currency),
            )
        )
    return found


def wallet_at(
    *,
    subscriber_id: int,
    currency: str,
    until: datetime,
    kind: AccountKind = AccountKind.WALLET,
) -> Money:
    """Return what was in a person's wallet, or in their bonus, just before a moment."""
    code = f"{kind.value}:{subscriber_id}:{currency}"
    rows = Posting.objects.filter(account__code=code, entry__posted_at__lt=until)
    return Money(-(rows.aggregate(total=Sum("amount_minor"))["total"] or 0), currency)


def trial_balance(*, until: datetime | None = None) -> list[TrialRow]:
    """Return the sums of each account, by currency and code; all wallets of a currency are
    combined, and so are all bonuses, and all batches of codes.

    `until`: include only what was posted before that moment.
    """
    postings = Posting.objects.filter(entry__posted_at__lt=until) if until else Posting.objects
    shown = Case(
        When(
            account__kind__in=_COMBINED,
            then=Concat("account__kind", Value(":"), "account__currency"),
        ),
        default="account__code",
    )
    rows = (
        postings.values(shown=shown, kind=F("account__kind"), currency=F("account__currency"))
        .annotate(
            debit=Coalesce(Sum("amount_minor", filter=Q(amount_minor__gt=0)), _ZERO),
            credit=Coalesce(Sum("amount_minor", filter=Q(amount_minor__lt=0)), _ZERO),
        )
        .order_by("currency", "shown")
    )
    return [
        TrialRow(
            code=row["shown"],
            kind=row["kind"],
            currency=row["currency"],
            debit_minor=row["debit"],
            credit_minor=-row["credit"],
        )
        for row in rows
    ]


def balance_of(*, code: str) -> int:
    """Return an account's debits minus credits, from the postings; zero if it does not exist."""
    total = Posting.objects.filter(account__code=code).aggregate(total=Sum("amount_minor"))
    return total["total"] or 0


def wallet_drifts() -> list[WalletDrift]:
    """Return the wallets and bonuses whose stored balance differs from their postings."""
    rows = (
        Account.objects.filter(kind__in=HELD_KINDS)
        .annotate(summed=-Coalesce(Sum("postings__amount_minor"), _ZERO))
        .exclude(balance_minor=F("summed"))
    )
    return [
        WalletDrift(code=row.code, kept_minor=row.balance_minor or 0, summed_minor=row.summed)
        for row in rows
    ]
