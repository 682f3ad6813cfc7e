"""How templates show suppliers: differences, balances, times."""

from datetime import timedelta

from django import template
from django.template import Context
from django.utils.translation import gettext

from limosa.domain.catalog.models import Supplier
from limosa.domain.connectivity.models import SupplierCall
from limosa.domain.payables.models import (
    BalanceReading,
    ChargeDifference,
    ChargedLine,
    SupplierDeposit,
)
from limosa.foundation.money import Money
from limosa.web.console import charge_words as words
from limosa.web.console.call_words import call_text, outcome_text, refusal_text
from limosa.web.console.words import word

register = template.Library()

_WORDS = {
    "problem": words.CHARGE_PROBLEMS,
    "state": words.CHARGE_STATES,
    "advice": words.CHARGE_ADVICE,
    "statement": words.STATEMENT_STATES,
    "warning": words.BALANCE_WARNINGS,
}


@register.filter
def charged(code: str, kind: str) -> str:
    """{{ difference.problem|charged:"problem" }}: Charged more than once"""
    return word(_WORDS[kind], code)


@register.filter
def side_of(difference: ChargeDifference, side: str) -> Money:
    """{{ difference|side_of:"theirs" }}: theirs, ours, or the delta between them"""
    minor: int = getattr(difference, f"{side}_minor")
    return Money(minor, difference.currency)


@register.filter
def amount(row: ChargedLine | SupplierDeposit) -> Money:
    """{{ line|amount }}: of a line, or of a deposit"""
    return Money(row.amount_minor, row.currency)


@register.filter
def booked(reading: BalanceReading) -> Money:
    """{{ reading|booked }}: what our books said"""
    return Money(reading.booked_minor, reading.currency)


@register.filter
def called(call: SupplierCall) -> str:
    """{{ last_call|called }}: order: delivered · 120 ms"""
    return f"{call_text(call.call)}: {outcome_text(call.outcome)} · {call.duration_ms} ms"


@register.filter
def refused_for(reason: str) -> str:
    """{{ problem|refused_for }}: our balance there is used up"""
    return refusal_text(reason) if reason else "–"


@register.simple_tag(takes_context=True)
def supplier_name(context: Context, code: str) -> str:
    """{% supplier_name row.supplier %}: Airalo; one that the catalogue doesn't have by its code.
    One statement for each page."""
    request = context["request"]
    names: dict[str, str] | None = getattr(request, "supplier_names", None)
    if names is None:
        names = dict(Supplier.objects.values_list("code", "name"))
        request.supplier_names = names
    return names.get(code, code)


@register.filter
def lasting(time: timedelta | None) -> str:
    """{{ health.half_within|lasting }}: 4 s, 3 min; – when there is none"""
    if time is None:
        return "–"
    seconds = round(time.total_seconds())
    if seconds < 120:
        return gettext("%(count)d s") % {"count": seconds}
    return gettext("%(count)d min") % {"count": seconds // 60}
