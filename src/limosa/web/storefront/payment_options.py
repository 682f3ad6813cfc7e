"""The payment options on a page: saved methods, the channels on offer here, the wallet."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.queries import spendable_in
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.payments.engine.offering import (
    ChannelOffer,
    ChannelTerms,
    Circumstances,
    offers,
)
from limosa.domain.payments.models import SavedMethod
from limosa.domain.payments.queries import (
    WALLET,
    channel_terms,
    last_paid_with,
    saved_methods_of,
)
from limosa.domain.payments.requests import SAVED, Device, PaymentMethodChoice, Shape
from limosa.domain.wallets.models import is_top_up
from limosa.foundation.money import Money, convert
from limosa.web.wording import formatting

_SAVED_KEY = "saved-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A way to pay. `key` is the form's value; `label` names a saved method: Visa •••• 4242.

    `currency`, `rate`, `least_minor`: what it charges, as in ChannelOffer.
    """

    key: str
    provider: str
    method: str
    shape: Shape
    currency: str
    rate: Decimal | None = None
    label: str = ""
    saved_id: str = ""
    saves_method: bool = False
    needs_payer: bool = False
    least_minor: int = 1

    @property
    def is_wallet(self) -> bool:
        """Whether it is the wallet."""
        return self.provider == WALLET

    @property
    def asks_pin(self) -> bool:
        """Whether it moves money with a single click, and so requires the payment PIN."""
        return self.is_wallet or bool(self.saved_id)

    def amount(self, total: Money) -> Money:
        """Return what it charges for a total in the person's currency."""
        if self.rate is None:
            return total
        return convert(total, to_currency=self.currency, rate=self.rate)

    @property
    def least(self) -> Money:
        """Return its minimum amount."""
        return Money(self.least_minor, self.currency)

    def takes(self, total: Money) -> bool:
        """Whether a total in the person's currency reaches its minimum."""
        return self.is_wallet or self.amount(total).amount_minor >= self.least_minor

    def choice(self, *, method: str = "", save: bool = False) -> PaymentMethodChoice:
        """Return what the payment is started with. `method`: another method of the same channel."""
        return PaymentMethodChoice(
            provider=self.provider,
            method=method or self.method,
            save=save and self.saves_method,
            saved_id=self.saved_id,
        )


def channel_options(
    buyer: Subscriber, *, currency: str, device: Device, rates: Mapping[str, Decimal]
) -> list[Option]:
    """Return the channels that this person is offered here, in display order.

    For readers of Chinese those that take yuan come first, for others those in their own currency.
    """
    is_near_yuan = formatting.language() == "zh-hans"
    here = Circumstances(
        device=device,
        country=buyer.country,
        currency=currency,
        near_currency="CNY" if is_near_yuan else currency,
    )
    return [_of_channel(offer) for offer in offers(channel_terms(), here=here, rates=rates)]


def own_options(buyer: Subscriber, channels: list[Option]) -> list[Option]:
    """Return a person's saved methods, the channels, and the wallet."""
    by_provider = {option.provider: option for option in channels if option.saves_method}
    kept = [
        _of_saved(saved, by_provider[saved.provider])
        for saved in (saved_methods_of(buyer.pk) if by_provider else [])
        if saved.provider in by_provider
    ]
    return [*kept, *channels, _wallet(buyer.currency)]


def order_options(order: Purchase, *, device: Device, is_guest: bool) -> list[Option]:
    """Return the payment options for an order or a top-up, at the rates that it was placed with.

    The wallet is included if it covers an order's price; a guest gets only the channels. Channels
    whose minimum exceeds the amount are left out: see `too_small_for`.
    """
    buyer, total = order.subscriber, order.total
    channels = [one for one in _order_channels(order, device) if one.takes(total)]
    if is_guest:
        return channels
    held = spendable_in(subscriber_id=buyer.pk, currency=total.currency).total
    is_enough = held.amount_minor >= total.amount_minor and not is_top_up(order.number)
    return [one for one in own_options(buyer, channels) if is_enough or not one.is_wallet]


def too_small_for(order: Purchase, *, device: Device) -> list[Option]:
    """Return the channels that would be offered if the amount were not below their minimum."""
    return [one for one in _order_channels(order, device) if not one.takes(order.total)]


def _order_channels(order: Purchase, device: Device) -> list[Option]:
    return channel_options(
        order.subscriber,
        currency=order.total.currency,
        device=device,
        rates={currency: Decimal(kept["rate"]) for currency, kept in order.rates.items()},
    )


def usual_key(buyer: Subscriber) -> str:
    """Return the key of what the person last paid with; empty: they never paid."""
    last = last_paid_with(buyer.pk)
    if last is None:
        return ""
    provider, saved_id = last
    return f"{_SAVED_KEY}{saved_id}" if saved_id else provider


def terms_of(provider: str) -> ChannelTerms | None:
    """Return a channel that is set up; None for the wallet, and for one that no longer is."""
    if provider not in settings.PAYMENT_PROVIDERS:
        return None
    return next(terms for terms in channel_terms() if terms.code == provider)


def _of_channel(offer: ChannelOffer) -> Option:
    return Option(
        key=offer.provider,
        provider=offer.provider,
        method=offer.method,
        shape=offer.shape,
        currency=offer.currency,
        rate=offer.rate,
        saves_method=offer.saves_methods,
        least_minor=offer.least_minor,
        needs_payer=offer.needs_payer,
    )


def _of_saved(saved: SavedMethod, channel: Option) -> Option:
    return Option(
        key=f"{_SAVED_KEY}{saved.public_id}",
        provider=saved.provider,
        method=SAVED,
        shape=Shape.NOTHING,
        currency=channel.currency,
        rate=channel.rate,
        least_minor=channel.least_minor,
        label=saved.label,
        saved_id=saved.public_id,
    )


def _wallet(currency: str) -> Option:
    return Option(
        key=WALLET, provider=WALLET, method=WALLET, shape=Shape.NOTHING, currency=currency
    )
