"""What a provider is asked: how a payment may be made, and what each call is told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from limosa.foundation.money import Money

SAVED = "saved"  # the method of a payment by a card or an account that was kept


class Shape(StrEnum):
    """What the person is shown of a payment that was created."""

    QR = "qr"  # a text to scan with another device
    OPEN = "open"  # an address to open here
    BRIDGE = "bridge"  # parameters, as JSON, for the payment call of WeChat's browser
    NOTHING = "nothing"  # it is charged by itself


class Device(StrEnum):
    """Where the person is."""

    DESKTOP = "desktop"
    PHONE = "phone"
    WECHAT = "wechat"  # the browser inside WeChat, on a phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to use a channel. `devices`: where it is what one uses there.

    `needs_payer`: the provider has to be told who pays (PayerIdentity). `needs_origin`: its page
    opens only for those who come from a site of the merchant's, as the browser says (Referer).
    """

    shape: Shape
    devices: frozenset[Device] = frozenset()
    needs_payer: bool = False
    needs_origin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodChoice:
    """How a person wants to pay: a provider's method, or a saved one (its public id).

    `save`: keep the method for later payments; the person agreed to that.
    """

    provider: str
    method: str
    save: bool = False
    saved_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountDue:
    """What a payment is for. `amount`: in the channel's currency. `until`: when it is too late."""

    order_number: str
    subscriber_id: int
    amount: Money
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who is about to pay, as far as providers want to know.

    `reference`: as the provider itself names them, for the methods that need it.
    """

    ip: str
    language: str = "en"
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What the provider needs in order to take a payment. `number` is the idempotency key.

    `payer_reference`: the payer as the provider names them, for methods that need it.
    `customer_reference`: the person as we name them to the provider, always the same.
    `save_method`: the person wants it kept for later payments, and agreed to that.
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
    """A payment that the provider knows.

    `pay_url`: what the method's shape shows. `reference`: the provider's own name of the payment;
    empty where it goes by our number.
    """

    pay_url: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentHandle:
    """By what a payment is found at the provider. `transaction_id` is empty until it is paid.

    `captures_refused`: how often a capture was answered and took nothing. What a provider keeps
    by a key, its refusal too, needs another key for the next one.
    """

    number: str
    method: str
    amount: Money
    reference: str = ""
    transaction_id: str = ""
    saved_reference: str = ""
    captures_refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to give back; `number` is the idempotency key. `total`: what the payment brought."""

    number: str
    payment: PaymentHandle
    amount: Money
    total: Money
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundHandle:
    """By what a refund is found at the provider; one made there by hand, by `reference`."""

    number: str
    payment: PaymentHandle
    reference: str = ""
