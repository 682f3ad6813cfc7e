"""How templates show settlements and their differences."""

from datetime import datetime
from typing import Any

from babel.numbers import format_decimal
from django import template

from limosa.domain.ledger.models import Posting
from limosa.domain.payments.models import Difference, SettlementTotal
from limosa.foundation.money import Money
from limosa.web.console import settlement_words as words
from limosa.web.console.standings import PAYMENT_STATES
from limosa.web.console.words import DISPUTE_STATES, REFUND_STATES, word
from limosa.web.wording import formatting

register = template.Library()

_WORDS = {
    "difference": words.DIFFERENCE_KINDS,
    "difference_state": words.DIFFERENCE_STATES,
    "dispute": DISPUTE_STATES,
    "line": words.LINE_KINDS,
    "settlement": words.SETTLEMENT_STATES,
}
_STATES = {"payment": PAYMENT_STATES, "refund": REFUND_STATES}


@register.filter
def settled(code: str, kind: str) -> str:
    """{{ difference.kind|settled:"difference" }}: Missing here"""
    return word(_WORDS[kind], code)


@register.filter
def line_kind(difference: Difference) -> str:
    """{{ difference|line_kind }}: payment, refund, … or clearing, as a code"""
    side = difference.theirs or difference.ours
    return str(side.get("kind", "clearing"))


@register.filter
def advice(difference: Difference) -> str:
    """{{ difference|advice }}: what to do"""
    return words.advice(difference.kind, line_kind(difference))


@register.filter
def theirs(difference: Difference) -> Money | None:
    """{{ difference|theirs }}: what they moved, positive when it came to us; None: nothing"""
    if not difference.theirs_currency:
        return None
    return Money(difference.theirs_minor, difference.theirs_currency)


@register.filter
def ours(difference: Difference) -> Money | None:
    """{{ difference|ours }}: what we moved; None: nothing"""
    if not difference.ours_currency:
        return None
    return Money(difference.ours_minor, difference.ours_currency)


@register.filter
def amount_of(side: dict[str, Any]) -> Money:
    """{{ difference.theirs|amount_of }}: as it stands on the line"""
    return Money(side["amount_minor"], side["currency"])


@register.filter
def fee_of(side: dict[str, Any]) -> Money:
    """{{ difference.theirs|fee_of }}: what the provider kept"""
    return Money(side["fee_minor"], side["currency"])


@register.filter
def state_of(side: dict[str, Any]) -> str:
    """{{ difference.ours|state_of }}: in words"""
    return word(_STATES.get(side["kind"], DISPUTE_STATES), side["state"])


@register.filter
def at_of(side: dict[str, Any]) -> datetime | None:
    """{{ difference.theirs|at_of }}: when it happened"""
    return datetime.fromisoformat(side["at"]) if side.get("at") else None


@register.filter
def sum_of(total: SettlementTotal, name: str) -> Money:
    """{{ total|sum_of:"fees" }}: one of its sums"""
    minor: int = getattr(total, f"{name}_minor")
    return Money(minor, total.currency)


@register.filter
def minus(total: SettlementTotal, name: str) -> Money:
    """{{ total|minus:"fees" }}: a sum that was taken off"""
    return -sum_of(total, name)


@register.filter
def credited(posting: Posting) -> Money:
    """{{ posting|credited }}: a credit without its sign"""
    return Money(-posting.amount_minor, posting.account.currency)


@register.filter
def counted(number: int) -> str:
    """{{ day.lines|counted }}: 100,000, with the language's sign between thousands"""
    return format_decimal(number, locale=formatting.locale())
