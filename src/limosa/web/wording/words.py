"""Words for the states and kinds that the domain knows by codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import StaffRole
from limosa.domain.esims.models import OPEN_STATES, Bundle
from limosa.domain.ordering.models import Order, OrderState
from limosa.foundation import languages
from limosa.foundation.period import Validity, ValidityUnit

STATES = {
    "placed": _("Waiting for payment"),
    "paid": _("Paid, in progress"),
    "fulfilled": _("Delivered"),
    "refunded": _("Refunded"),
    "cancelled": _("Cancelled"),
    "queued": _("Queued"),
    "active": _("In use"),
    "exhausted": _("Used up"),
    "expired": _("Ended"),
}
ROLES: dict[str, Promise] = {
    StaffRole.VIEWER: pgettext_lazy("role", "Viewer"),
    StaffRole.SUPPORT: pgettext_lazy("role", "Support"),
    StaffRole.FINANCE: pgettext_lazy("role", "Finance"),
    StaffRole.ADMIN: pgettext_lazy("role", "Admin"),
}
# Of the money: where a part of it, or all, went back.
REFUNDED_IN_PART = _("Delivered, partially refunded")
# Of a bundle whose payment is disputed.
ON_HOLD = _("On hold")
CASE_STATES = {
    "open": _("Waiting for our answer"),
    "answered": _("Answered"),
    "replied": _("Reply received"),
    "closed": _("Closed"),
}
CHANNELS = {
    "stripe": _("Card"),
    "paypal": _("PayPal"),
    "wechatpay": _("WeChat Pay"),
    "alipay": _("Alipay"),
    "wallet": _("Wallet"),
}
_IN_SENTENCE = {"stripe": _("card"), "wallet": _("your wallet")}
# Whose page or program it is, where the channel's name does not say it.
PROVIDERS = {"stripe": "Stripe"}
# Who decides a dispute, where it is not the bank of whoever paid.
DECIDERS = {"paypal": _("PayPal")}
THE_BANK = pgettext_lazy("decides a dispute", "the bank")
APPS = {"wechatpay": _("WeChat")}
RATE_SOURCES = {"ECB": _("European Central Bank")}
# The languages of the pages, as HTML has them and by their own names.
HTML_TAGS = {language.code: language.tag for language in languages.LANGUAGES}
OWN_NAMES = {language.code: language.own_name for language in languages.LANGUAGES}


def name_in_sentence(provider: str) -> str:
    """Return what one pays by, within a sentence: card, WeChat Pay."""
    if provider in _IN_SENTENCE:
        return str(_IN_SENTENCE[provider])
    return str(CHANNELS.get(provider, provider))


def validity(length: Validity | None) -> str:
    """Return 1 month, 7 days; for a top-up, that it ends with the running plan."""
    if length is None:
        return gettext("until the current plan ends")
    if length.unit is ValidityUnit.DAY:
        return ngettext("%(count)d day", "%(count)d days", length.count) % {"count": length.count}
    return ngettext("%(count)d month", "%(count)d months", length.count) % {"count": length.count}


def state_text(thing: Order | Bundle) -> str:
    """Return where an order or a bundle stands; of an order, also that a part went back; of a
    bundle, also that it gives nothing while its payment is disputed."""
    if isinstance(thing, Bundle) and thing.suspended_at and thing.state in OPEN_STATES:
        return str(ON_HOLD)
    if isinstance(thing, Order) and thing.state == OrderState.FULFILLED and thing.reversed_minor:
        return str(REFUNDED_IN_PART)
    return str(STATES[thing.state])
