"""How templates show the guards' findings."""

from babel.numbers import format_decimal
from django import template

from limosa.domain.support import finding_words as words
from limosa.domain.support.models import Finding
from limosa.foundation.money import Money
from limosa.web.console.words import word
from limosa.web.wording import formatting

register = template.Library()


@register.filter
def guard_name(guard: str) -> str:
    """{{ guard|guard_name }}: what a guard makes sure of"""
    return word(words.GUARDS, guard)


@register.filter
def finding_text(finding: Finding) -> str:
    """{{ finding|finding_text }}: what is wrong"""
    return words.finding_text(finding.guard, finding.problem)


@register.filter
def finding_advice(finding: Finding) -> str:
    """{{ finding|finding_advice }}: what to do"""
    return words.finding_advice(finding.guard, finding.problem)


@register.filter
def in_unit(number: int | None, unit: str) -> str:
    """{{ finding.has|in_unit:finding.unit }}: an amount of money, or bytes; – when there is none"""
    if number is None:
        return "–"
    if unit == "B":
        return f"{format_decimal(number, locale=formatting.locale())} B"
    return formatting.money(Money(number, unit)) if unit else str(number)
