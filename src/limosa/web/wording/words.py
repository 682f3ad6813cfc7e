"""Words for the domain's states and kinds."""

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import StaffRole
from limosa.domain.esims.models import OPEN_STATES, Bundle, Device
from limosa.domain.esims.queries import is_only_unnamed
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.foundation import languages
from limosa.foundation.period import Validity, ValidityUnit

STATES = {
    "placed": _("Waiting for payment"),
    "paid": _("Paid, in progress"),
    "fulfilled": _("Credited"),
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
# About money: a part of it, or all, went back.
REFUNDED_IN_PART = _("Credited, partially refunded")
# For a bundle whose payment is disputed.
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
_IN_SENTENCE = {"stripe": _("a card"), "wallet": _("your wallet")}
# Whose page or app it is, if the channel's name does not say.
PROVIDERS = {"stripe": "Stripe"}
# Who decides a dispute, if it is not the payer's bank.
DECIDERS = {"paypal": _("PayPal")}
THE_BANK = pgettext_lazy("decides a dispute", "the bank")
APPS = {"wechatpay": _("WeChat")}
RATE_SOURCES = {"ECB": _("European Central Bank")}
# The languages of the pages, by HTML tag and own name.
HTML_TAGS = {language.code: language.tag for language in languages.LANGUAGES}
OWN_NAMES = {language.code: language.own_name for language in languages.LANGUAGES}


def name_in_sentence(provider: str) -> str:
    """Return a payment method's name for use in a sentence: a card, WeChat Pay."""
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


def unnamed_device(device: Device) -> str:
    """Return what stands in for the name that nobody gave a device: A device, or, where it has to
    be told from others without a name, Device 3."""
    if is_only_unnamed(device):
        return gettext("A device")
    return gettext("Device %(number)d") % {"number": device.number}


def top_up_state(top_up: WalletTopUp) -> str:
    """Return the status of a wallet top-up, also that a part went back or is on hold."""
    if top_up.frozen_minor:
        return str(ON_HOLD)
    if top_up.state == TopUpState.PAID:
        return str(REFUNDED_IN_PART) if top_up.reversed_minor else gettext("Added")
    return str(STATES[top_up.state])


def state_text(thing: Order | Bundle) -> str:
    """Return the status of an order or a bundle: for an order, also that a part went back; for a
    bundle, also that it is suspended while its payment is disputed."""
    if isinstance(thing, Bundle) and thing.suspended_at and thing.state in OPEN_STATES:
        return str(ON_HOLD)
    if isinstance(thing, Order) and thing.state == OrderState.FULFILLED and thing.reversed_minor:
        return str(REFUNDED_IN_PART)
    return str(STATES[thing.state])
