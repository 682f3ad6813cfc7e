"""Requests to providers: the ways to make a payment, and the parameters of each call."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from limosa.foundation.money import Money

SAVED = "saved"  # the method of a payment by a saved card or account


class Shape(StrEnum):
    """What the person is shown for a payment that was created."""

    QR = "qr"  # a text to scan with another device
    OPEN = "open"  # a URL to open here
    BRIDGE = "bridge"  # parameters, as JSON, for the payment call of WeChat's browser
    NOTHING = "nothing"  # nothing: a saved method is charged


class Device(StrEnum):
    """The person's device."""

    DESKTOP = "desktop"
    PHONE = "phone"
    WECHAT = "wechat"  # the browser inside WeChat, on a phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to use a channel. `devices`: those on which it is the normal way.

    `needs_payer`: the provider must be told who pays (PayerIdentity). `needs_origin`: its page
    opens only for visitors whose browser sends a Referer from the merchant's site.
    """

    shape: Shape
    devices: frozenset[Device] = frozenset()
    needs_payer: bool = False
    needs_origin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodChoice:
    """How a person wants to pay: a provider's method, or a saved one (its public id).

    `save`: save the method for later payments; the person agreed to that. `is_automatic`: they are
    not there, and agreed beforehand to be charged.
    """

    provider: str
    method: str
    save: bool = False
    saved_id: str = ""
    is_automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountDue:
    """The amount of a payment, in the channel's currency. `until`: when it expires."""

    order_number: str
    subscriber_id: int
    amount: Money
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """The person who is about to pay, as far as providers need to know.

    `reference`: the provider's own id for them, for methods that need it.
    """

    ip: str
    language: str = "en"
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What the provider needs in order to take a payment. `number` is the idempotency key.

    `payer_reference`: the provider's id for the payer, for methods that need it.
    `customer_reference`: our stable id for the person at the provider.
    `save_method`: the person agreed to have the method saved for later payments.
    `saved_reference`: for the method `saved`, what to charge.
    """

    number: str
    amount: Money
    description: str
    method: str
    created_at: datetime
    expires_at: datetime
    notify_url: str
    return_url: str
    payer_ip: str = ""
    payer_reference: str = ""
    customer_reference: str = ""
    language: str = "en"
    save_method: bool = False
    saved_reference: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A payment that exists at the provider.

    `pay_url`: what the method's shape shows. `reference`: the provider's own id for the payment;
    empty if it goes by our number.
    """

    pay_url: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentHandle:
    """What identifies a payment at the provider. `transaction_id` is empty until it is paid.

    `captures_refused`: how many captures were answered without taking money. A provider that stores
    its answers by key, refusals included, needs a new key for the next one.
    `is_automatic`: the payer is not there, and agreed beforehand to be charged.
    """

    number: str
    method: str
    amount: Money
    reference: str = ""
    transaction_id: str = ""
    saved_reference: str = ""
    captures_refused: int = 0
    is_automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to refund; `number` is the idempotency key. `total`: what the payment brought in."""

    number: str
    payment: PaymentHandle
    amount: Money
    total: Money
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundHandle:
    """What identifies a refund at the provider; for a refund by hand, `reference`."""

    number: str
    payment: PaymentHandle
    reference: str = ""
