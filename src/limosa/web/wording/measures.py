"""Words for what we measure of our own service, and how each is measured."""

import re
from datetime import timedelta

from babel.units import format_unit
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.track_record.engine.measures import Measure
from limosa.web.wording import formatting

NAMES: dict[Measure, Promise] = {
    Measure.CREDITED: _("From payment to a plan that is ready"),
    Measure.REFUNDED: _("From a refund's start to the money on its way back"),
    Measure.ANSWERED: _("From a question to our answer"),
    Measure.DISPUTED: _("Renewals disputed"),
    Measure.USAGE_AGE: _("Age of usage data"),
}
HOW: dict[Measure, Promise] = {
    Measure.CREDITED: _(
        "Every order paid in the last 30 days: from the payment to delivery, to the refund where "
        "nothing was delivered, or to now."
    ),
    Measure.REFUNDED: _(
        "Every refund confirmed in the last 30 days or still under way: from its start to the "
        "payment provider's word that the money went back, or to now."
    ),
    Measure.ANSWERED: _(
        "Every question about an order in the last 30 days: to our answer in writing; without one, "
        "to its closing or to now."
    ),
    Measure.DISPUTED: _(
        "Every renewal paid in the last 30 days, and how many of those payers have asked their "
        "bank for the money."
    ),
    Measure.USAGE_AGE: _(
        "The newest counts of data use within the last 30 days: how old each was when it reached "
        "us."
    ),
}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def length(time: timedelta) -> str:
    """Return 4 seconds, 12 minutes, 3.5 hours or 2.1 days: a number that can be taken in."""
    number: float
    if time >= 2 * _DAY:
        unit, number = "duration-day", round(time / _DAY, 1)
    elif time >= 2 * _HOUR:
        unit, number = "duration-hour", round(time / _HOUR, 1)
    elif time >= 2 * _MINUTE:
        unit, number = "duration-minute", round(time / _MINUTE)
    else:
        unit, number = "duration-second", round(time.total_seconds())
    locale = formatting.locale()
    # In Chinese the long forms are chatty (秒钟), and the number stands apart from its unit.
    said = format_unit(number, unit, "short" if locale.language == "zh" else "long", locale=locale)
    return re.sub(r"(?<=\d)(?=[^\W\d_])", " ", str(said))
