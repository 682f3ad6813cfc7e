"""The numbers that pages promise, each taken from the code that applies it.

A page writes `{% promise "refund_after" as time %}` and never the number itself: a test checks
every text of ours for hard-coded numbers.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from babel.numbers import format_decimal
from django.conf import settings
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
)
from django.utils.translation import ngettext

from limosa.domain.accounts.engine.pin_rules import ATTEMPTS_MAX, PIN_DIGITS
from limosa.domain.autorenewal.models import MONTH
from limosa.domain.esims.links import LINK_LIFETIME
from limosa.domain.ordering.operations.deliver_waiting_orders import REFUND_AFTER, TELL_AFTER
from limosa.domain.ordering.operations.make_quote import QUOTE_LIFETIME
from limosa.domain.payments.engine.offering import ChannelTerms
from limosa.domain.payments.queries import channel_terms
from limosa.domain.redemption.engine.codes import CODE_LENGTH
from limosa.web.wording import formatting
from limosa.web.wording.words import name_in_sentence

PROMISES: Mapping[str, timedelta | int] = {
    "refund_after": REFUND_AFTER,
    "told_after": TELL_AFTER,
    "price_holds": QUOTE_LIFETIME,
    "renewal_month": MONTH,
    "link_works": LINK_LIFETIME,
    "pin_attempts": ATTEMPTS_MAX,
    "pin_digits": PIN_DIGITS,
    "code_length": CODE_LENGTH,
    "moves_most": settings.MOVES_MAX,
    "moves_period": timedelta(days=settings.MOVES_PERIOD_DAYS),
    "moves_code": timedelta(days=settings.MOVES_CODE_DAYS),
    "password_length": next(
        validator.min_length
        for validator in get_default_password_validators()
        if isinstance(validator, MinimumLengthValidator)
    ),
}


def promised(name: str) -> str:
    """Return a promise's number in words of the active language: 15 minutes, 5."""
    value = PROMISES[name]
    if isinstance(value, timedelta):
        return duration(value)
    return str(format_decimal(value, locale=formatting.locale()))


def duration(length: timedelta) -> str:
    """Return 15 minutes, 15 分钟: in the largest unit that divides it."""
    if not length % timedelta(days=1):
        days = length.days
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if not length % timedelta(hours=1):
        hours = length // timedelta(hours=1)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    if not length % timedelta(minutes=1):
        minutes = length // timedelta(minutes=1)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    seconds = length // timedelta(seconds=1)
    return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}


def ways_to_pay(*, wallet: bool = True) -> str:
    """Return the channels that are set up and offered, as a phrase: card, PayPal or your wallet.

    In display order.
    """
    return _one_of([*offered_channels(), *(["wallet"] if wallet else [])])


def offered_channels() -> list[str]:
    """Return the codes of the channels that are set up and offered, in display order."""
    on = sorted((terms for terms in channel_terms() if terms.is_offered), key=_position)
    return [terms.code for terms in on]


def ways_that_keep() -> str:
    """Return the channels on offer that can save a method; empty: none can."""
    on = (terms for terms in channel_terms() if terms.is_offered and terms.saves_methods)
    return _one_of([terms.code for terms in sorted(on, key=_position)])


def ways_that_never_keep() -> str:
    """Return the channels on offer that save no method; empty: all do."""
    on = (terms for terms in channel_terms() if terms.is_offered and not terms.saves_methods)
    return _one_of([terms.code for terms in sorted(on, key=_position)])


def _position(terms: ChannelTerms) -> int:
    return terms.position


def _one_of(codes: list[str]) -> str:
    names = [name_in_sentence(code) for code in codes]
    listed = formatting.listed(names, style="or") if names else ""
    # CLDR's Chinese "or" leaves no space before a Latin name.
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z])", " ", listed)
