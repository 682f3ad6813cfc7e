"""Template filters for price lists and proposals."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal, format_percent
from django import template
from django.utils.translation import gettext

from limosa.domain.wholesale.models import ListChange, ListedPlan, PriceProposal, PriceSheet
from limosa.foundation.money import BASIS_POINTS, Money
from limosa.web.console import price_words, words
from limosa.web.wording import countries, formatting

register = template.Library()

_COUNTRIES_NAMED_MAX = 3
_LEFT_OUT_SHOWN = 200
_WORDS = {
    "activation": price_words.ACTIVATIONS,
    "change": price_words.CHANGE_KINDS,
    "failure": price_words.SHEET_FAILURES,
    "no_price": price_words.NO_PRICE,
    "proposal": price_words.PROPOSAL_KINDS,
    "proposal_state": price_words.PROPOSAL_STATES,
    "use": price_words.USES,
}


@register.filter
def priced(code: str, kind: str) -> str:
    """{{ change.kind|priced:"change" }}: Dearer"""
    return words.word(_WORDS[kind], code)


@register.filter
def rule_name(name: str) -> str:
    """{{ name|rule_name }}: Days; a rule of the supplier's own by its own name"""
    return words.word(price_words.RULES, name.removeprefix("rules."))


@register.filter
def places(codes: list[str]) -> str:
    """{{ plan.countries|places }}: Japan, or 12 countries"""
    if len(codes) > _COUNTRIES_NAMED_MAX:
        return gettext("%(count)d countries") % {"count": len(codes)}
    return ", ".join(countries.name(code) for code in codes) or gettext("not told")


@register.filter
def basis_points(number: int) -> str:
    """{{ rule.margin_basis_points|basis_points }}: 42.5%"""
    part = Decimal(number) / BASIS_POINTS
    return format_percent(part, format="#,##0.##%", locale=formatting.locale())


@register.filter
def moved(number: int) -> str:
    """{{ proposal.steepest_basis_points|moved }}: +12.5%"""
    return f"+{basis_points(number)}" if number > 0 else basis_points(number).replace("-", "−")


@register.filter
def cost_moved(change: ListChange) -> str:
    """{{ change|cost_moved }}: +12.5%; nothing if costs can't be compared"""
    before, after = change.before, change.after
    if (
        not before
        or not after
        or not before.cost_minor
        or before.cost_currency != after.cost_currency
    ):
        return ""
    part = (after.cost_minor - before.cost_minor) * BASIS_POINTS // before.cost_minor
    return moved(part) if part else ""


@register.filter
def differences(change: ListChange) -> list[tuple[str, str, str]]:
    """{{ change|differences }}: each rule that is another, with its values before and after"""
    if change.before is None or change.after is None:
        return []
    return [
        (rule_name(name), _said(change.before, name), _said(change.after, name))
        for name in change.other_rules
    ]


@register.filter
def new_prices(proposal: PriceProposal) -> list[tuple[Money | None, Money]]:
    """{{ proposal|new_prices }}: each price before, if there was one, and after"""
    return [
        (
            Money(proposal.prices_before[currency], currency)
            if currency in proposal.prices_before
            else None,
            Money(minor, currency),
        )
        for currency, minor in sorted(proposal.prices_after.items())
    ]


@register.filter
def proposed_cost(proposal: PriceProposal) -> Money | None:
    """{{ proposal|proposed_cost }}: what the plan costs us"""
    if proposal.cost_minor is None:
        return None
    return Money(proposal.cost_minor, proposal.cost_currency)


@register.filter
def read_percent(sheet: PriceSheet) -> int | None:
    """{{ sheet|read_percent }}: how much of a list has been read; None: nobody knows"""
    return min(100 * sheet.plans // sheet.total, 100) if sheet.total else None


@register.filter
def some_left_out(sheet: PriceSheet) -> list[tuple[str, str]]:
    """{{ sheet|some_left_out }}: codes of plans that were left out, and why; the first of them"""
    return sorted(sheet.left_out.items())[:_LEFT_OUT_SHOWN]


@register.filter
def of_kind(sheet: PriceSheet, kind: str) -> int:
    """{{ sheet|of_kind:"new" }}: how many changes it has of a kind"""
    return int(sheet.by_kind.get(kind, 0))


@register.filter
def whole(number: int) -> str:
    """{{ sheet.plans|whole }}: 20,000"""
    return format_decimal(number, locale=formatting.locale())


def _said(plan: ListedPlan, name: str) -> str:
    """Return a fact of a listed plan in words."""
    if name == "currency":
        return plan.cost_currency
    if name.startswith("rules."):
        return str(plan.rules.get(name.removeprefix("rules."), "")) or "–"
    fact = getattr(plan, name)
    if name in {"volume_bytes", "daily_bytes"} and fact is None:
        return gettext("unlimited")
    reader = _READERS.get(name)
    return "–" if fact in (None, "", []) else str(reader(fact) if reader else fact)


def _speed(kbps: int) -> str:
    return formatting.speed(kbps) if kbps else gettext("cut off")


_READERS: dict[str, Callable[[Any], object]] = {
    "volume_bytes": formatting.volume,
    "daily_bytes": formatting.volume,
    "throttled_kbps": _speed,
    "activation": lambda fact: priced(fact, "activation"),
    "use": lambda fact: priced(fact, "use"),
    "is_renewable": lambda fact: gettext("yes") if fact else gettext("no"),
    "countries": " ".join,
    "renewed_by": " ".join,
}
