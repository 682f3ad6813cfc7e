"""How the page of margins puts months, rates and percentages into words."""

from datetime import date
from decimal import Decimal

from babel.dates import format_skeleton
from babel.numbers import format_percent
from django import template

from limosa.foundation.money import BASIS_POINTS
from limosa.web.wording import formatting

register = template.Library()


@register.filter
def month_name(day: date) -> str:
    """{{ month.first|month_name }}: November 2026"""
    return format_skeleton("yMMMM", day, locale=formatting.locale())


@register.filter
def tenths_of_percent(basis_points: int) -> str:
    """{{ row.basis_points|tenths_of_percent }}: −4.2%"""
    part = Decimal(basis_points) / BASIS_POINTS
    said = format_percent(part, format="#,##0.0%", locale=formatting.locale())
    return said.replace("-", "−")
