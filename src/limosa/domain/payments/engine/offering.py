"""Which payment channels a person is offered, by which method, and the amount each would charge.

A channel is offered if the operator offers it in the person's country, it has a method for the
person's device, and it takes the person's currency or one for which we have a rate. A person whose
country is unknown is offered every channel that is offered anywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from limosa.domain.payments.requests import Device, Method, Shape
from limosa.foundation.money import Money, convert


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTerms:
    """What a provider supports, and the operator's decision about it.

    `currencies`: empty: any. `names_payers`: it can identify the payer (PayerIdentity).
    `least_minor`: its minimum amount, by currency; the smallest unit for any other. `countries`:
    where it is offered; empty: everywhere. `position`: lower is shown first.
    """

    code: str
    currencies: frozenset[str]
    methods: Mapping[str, Method]
    saves_methods: bool = False
    least_minor: Mapping[str, int] = field(default_factory=dict)
    names_payers: bool = False
    is_offered: bool = True
    countries: frozenset[str] = frozenset()
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where a person is, and the currency they pay in.

    `country`: ISO 3166 alpha-2; empty: unknown. `near_currency`: among channels of equal position,
    those that take it come first.
    """

    device: Device
    country: str
    currency: str
    near_currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOffer:
    """A channel on offer, with the method to use here.

    `rate`: units of `currency` for one of the person's own; None: it is the person's own.
    `least_minor`: its minimum amount, in `currency`.
    """

    provider: str
    method: str
    shape: Shape
    currency: str
    rate: Decimal | None
    saves_methods: bool
    needs_payer: bool
    least_minor: int = 1

    def amount(self, total: Money) -> Money:
        """Return what the channel charges for a total in the person's currency."""
        if self.rate is None:
            return total
        return convert(total, to_currency=self.currency, rate=self.rate)


def offers(
    channels: Iterable[ChannelTerms], *, here: Circumstances, rates: Mapping[str, Decimal]
) -> list[ChannelOffer]:
    """Return the channels on offer, in display order.

    `rates`: units of each currency for one of the person's. Among equal positions, channels that
    take the near currency come first, then the order given applies.
    """
    found = [
        (terms.position, offer)
        for terms in channels
        if (offer := _offer(terms, here, rates)) is not None
    ]
    found.sort(key=lambda one: (one[0], one[1].currency != here.near_currency))
    return [offer for _, offer in found]


def other_methods(terms: ChannelTerms, *, method: str, device: Device) -> list[str]:
    """Return the other methods of the same channel by which this payment could be made.

    One for each other shape: the one for this device, or else one for another device. A method that
    needs to know the payer, or runs inside another program, is no alternative elsewhere; and
    WeChat's browser opens no other program.
    """
    known = terms.methods.get(method)
    shapes = {known.shape} if known else set()
    chosen = []
    for name, other in sorted(terms.methods.items(), key=lambda one: device not in one[1].devices):
        is_bound = _is_bound(other) or (device is Device.WECHAT and other.shape is Shape.OPEN)
        is_possible = _is_usable(terms, other, device) if is_bound else bool(other.devices)
        if is_possible and other.shape not in shapes:
            shapes.add(other.shape)
            chosen.append(name)
    return chosen


def _offer(
    terms: ChannelTerms, here: Circumstances, rates: Mapping[str, Decimal]
) -> ChannelOffer | None:
    is_elsewhere = bool(terms.countries and here.country) and here.country not in terms.countries
    currency = _currency(terms.currencies, here.currency, rates)
    method = next(
        (name for name, known in terms.methods.items() if _is_usable(terms, known, here.device)), ""
    )
    if not terms.is_offered or is_elsewhere or not method or not currency:
        return None
    return ChannelOffer(
        provider=terms.code,
        method=method,
        shape=terms.methods[method].shape,
        currency=currency,
        rate=None if currency == here.currency else rates[currency],
        saves_methods=terms.saves_methods,
        needs_payer=terms.methods[method].needs_payer,
        least_minor=terms.least_minor.get(currency, 1),
    )


def _currency(taken: frozenset[str], own: str, rates: Mapping[str, Decimal]) -> str:
    """Return the currency that the channel would charge; empty: none with a known rate."""
    if not taken or own in taken:
        return own
    return next((currency for currency in rates if currency in taken), "")


def _is_usable(terms: ChannelTerms, method: Method, device: Device) -> bool:
    return device in method.devices and (terms.names_payers or not method.needs_payer)


def _is_bound(method: Method) -> bool:
    return method.needs_payer or method.shape is Shape.BRIDGE
