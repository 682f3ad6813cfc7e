"""The database's contents compared with the settings: encrypted texts, the tax rate of our place,
the suppliers of what is on sale, whether anything is, and what went off sale by itself."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count

from limosa.config.checks.finding import Finding, NotCheckedError, fault, warning
from limosa.config.reencrypting import encrypted_places
from limosa.domain.catalog.models import Plan
from limosa.domain.catalog.queries import currencies_on_sale
from limosa.domain.connectivity.own_profiles import REQUESTER
from limosa.domain.encryption.cipher import DecryptionError, EncryptionKeyMissingError
from limosa.domain.ordering.models import TaxRate
from limosa.domain.payables.engine.outlook import BalanceWarning
from limosa.domain.payables.queries import low_accounts
from limosa.domain.wholesale.price_lists import plans_above_price, plans_refused
from limosa.domain.wholesale.unlisted import codes_on_sale, unlisted_codes
from limosa.foundation.money import Money

_PLANS_NAMED_MAX = 10


def check_contents(*, is_start: bool = False) -> list[Finding]:
    """Return what does not match the settings.

    is_start: what is not offered only causes a warning: everything else can be sold.
    Raises: NotCheckedError if the database is unreachable or refuses, which another check reports.
    """
    try:
        return [
            *_keys(),
            *_tax(),
            *_price_list(),
            *_suppliers(is_start=is_start),
            *_downloads(),
            *_balances(),
            *_costs(),
            *_refused(),
            *_codes(),
        ]
    except DatabaseError as error:
        raise NotCheckedError from error


def _keys() -> Iterator[Finding]:
    closed = [place for place, decrypt in encrypted_places().items() if not _opens(decrypt)]
    if closed:
        yield fault(
            "LIMOSA_ENCRYPTION_KEYS, or LIMOSA_SECRET_KEY while those are not set, does not open "
            f"what is encrypted in the database ({', '.join(closed)}): set the keys that "
            "encrypted it."
        )


def _opens(decrypt: Callable[[], None]) -> bool:
    try:
        decrypt()
    except (DecryptionError, EncryptionKeyMissingError):
        return False
    return True


def _tax() -> Iterator[Finding]:
    if not TaxRate.objects.filter(place=settings.PLACE_OF_SUPPLY).exists():
        yield warning(
            f"There is no tax rate for {settings.PLACE_OF_SUPPLY}, which LIMOSA_PLACE_OF_SUPPLY "
            "names: the tax in every price is 0."
        )


def _price_list() -> Iterator[Finding]:
    if not currencies_on_sale():
        yield warning(
            "Nothing can be bought: no plan that is on sale has a price and a supplier that is set "
            "up. Import a catalogue."
        )


def _suppliers(*, is_start: bool) -> Iterator[Finding]:
    rows = (
        Plan.objects.filter(on_sale=True)
        .exclude(supplier_id__in=list(settings.SUPPLIER_ADAPTERS))
        .values_list("supplier_id")
        .annotate(number=Count("pk"))
        .order_by("supplier_id")
    )
    for supplier, number in rows:
        yield Finding(
            f"The supplier {supplier} is not set up, so what the catalogue has on sale of it is "
            f"not offered (plans: {number}). Install its package and set its settings, or take "
            "them out of the catalogue.",
            is_fault=not is_start,
        )


def _costs() -> Iterator[Finding]:
    rows = plans_above_price().order_by("code")
    codes = [f"{row.code} (at {getattr(row, 'last_supplier', '')})" for row in rows]
    if codes:
        yield warning(
            f"Plans are off sale since they cost more than they sell for: {_named(codes)}. Decide "
            "on the console's page Price lists, or change their prices."
        )


def _refused() -> Iterator[Finding]:
    codes = [
        f"{row.code} ({getattr(row, 'last_supplier', '')}: {getattr(row, 'last_reason', '')})"
        for row in plans_refused().order_by("code")
    ]
    if codes:
        yield warning(
            f"Plans are off sale since their only supplier refuses them: {_named(codes)}. Correct "
            "their sources in the catalogue, give them another supplier, or put them on sale again."
        )


def _named(codes: list[str]) -> str:
    more = f" and {len(codes) - _PLANS_NAMED_MAX} more" if len(codes) > _PLANS_NAMED_MAX else ""
    return f"{', '.join(codes[:_PLANS_NAMED_MAX])}{more}"


def _codes() -> Iterator[Finding]:
    """Yield what the suppliers' lists in force don't have; after the first few, only how many."""
    found = list(unlisted_codes(codes_on_sale()))
    for text in map(str, found[:_PLANS_NAMED_MAX]):
        end = "" if text.endswith("?") else "."
        yield Finding(
            f"{text}{end} Correct its source in the catalogue.", is_fault=False, is_ours=True
        )
    if (more := len(found) - _PLANS_NAMED_MAX) > 0:
        yield warning(f"The price lists don't have {more} more codes of plans on sale.")


def _downloads() -> Iterator[Finding]:
    is_sold = Plan.objects.filter(on_sale=True, supplier_id=REQUESTER).exists()
    if is_sold and not settings.SMDP_CI_CERTIFICATES:
        yield warning(
            "The SM-DP+ is not set up (LIMOSA_SMDP_CI_CERTIFICATES), so nobody can download the "
            "eSIMs that the catalogue has on sale of our own network."
        )


def _balances() -> Iterator[Finding]:
    for account in low_accounts():
        left = Money(account.available_minor or 0, account.currency)
        days = account.days_left
        lasts = "" if days is None else f", which lasts {days} days at the pace of the last week"
        if account.warning == BalanceWarning.FLOOR:
            floor = Money(settings.SUPPLIER_BALANCE_FLOORS[account.currency], account.currency)
            why = (
                f"below the floor of {floor.to_decimal()} {floor.currency} in "
                "LIMOSA_SUPPLIER_BALANCE_FLOORS"
            )
        else:
            why = (
                f"less than LIMOSA_SUPPLIER_BALANCE_DAYS={settings.SUPPLIER_BALANCE_DAYS} asks for"
            )
        yield warning(
            f"The balance at the supplier {account.supplier} is low: {left.to_decimal()} "
            f"{left.currency}{lasts}; that is {why}. Pay money in, or its orders will be refused."
        )
