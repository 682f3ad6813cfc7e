"""The providers' days: a list of them, and which one to compare."""

from datetime import date

from django import forms
from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from limosa.domain.payments.models import DifferenceState, Settlement
from limosa.web.console.days import DayField, read_day
from limosa.web.console.words import word
from limosa.web.wording.words import CHANNELS

DAYS_SHOWN = 60


def settlement_days(until: str) -> tuple[list[Settlement], date | None]:
    """Return settlements with their `open_count`, newest day first, and the day of the next page.

    `until`: the newest day wanted, ISO; anything else means all. A day is never split between
    pages.
    """
    rows = Settlement.objects.annotate(
        open_count=Count("differences", filter=Q(differences__state=DifferenceState.OPEN))
    ).order_by("-day", "provider")
    newest = read_day(until)
    if newest is not None:
        rows = rows.filter(day__lte=newest)
    found: list[Settlement] = list(rows[: DAYS_SHOWN + 1])
    if len(found) <= DAYS_SHOWN:
        return found, None
    older = found[-1].day
    return [row for row in found if row.day > older], older


def _providers() -> list[tuple[str, str]]:
    return [(code, word(CHANNELS, code)) for code in settings.PAYMENT_PROVIDERS]


class SettlementDayForm(forms.Form):
    """A provider and one of its days; the operation checks whether it is over."""

    provider = forms.ChoiceField(label=_("Channel"), choices=_providers)
    day = DayField(label=_("Day"))
