"""What a payment provider must do. Settings name the provider classes; nobody imports them.

Every method may raise ProviderError(retryable=…). No caller branches on a provider's own error
code: on anything but a clean answer it asks for the payment with `query`. The words that pass
between the two sides (facts, requests, methods) are in facts.py and requests.py.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import BinaryIO, Protocol

from limosa.domain.payments.requests import (
    Method,
    PaymentHandle,
    PaymentRequest,
    RefundHandle,
    RefundRequest,
    Started,
)
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderNotification,
    RefundStatusReport,
    SavedMethodReport,
    SettlementLine,
)
from limosa.foundation.errors import LocalProtocolError


class Provider(Protocol):
    """A payment channel.

    `merchant`: the account that takes the money, as the provider names it. `currencies`: what the
    channel can take; empty: any. `methods`: how it can be used, by the name that Payment.method
    keeps. `saves_methods`: a person's card or account can be kept for later payments.
    `least_minor`: the least that it takes, by currency; where none is named, the smallest unit.
    `settlement_zone`: the time zone whose days its settlement files are of. `unknown_reference`: of
    the form of the provider's references, and none of them; empty where it goes by our numbers.
    `query` for it shows whether the provider takes our credentials. `api_url`: an address of its
    interface, whose answers tell its clock; empty: there is none.
    """

    code: str
    merchant: str
    currencies: frozenset[str]
    methods: Mapping[str, Method]
    saves_methods: bool
    least_minor: Mapping[str, int]
    settlement_zone: str
    unknown_reference: str
    api_url: str

    def create(self, request: PaymentRequest) -> Started:
        """Make the payment known to the provider; no money moves yet.

        The same number with the same content may be sent again, with the same result.
        """

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what the provider knows of a payment; UNKNOWN when it knows nothing.

        APPROVED: the payer has agreed, and the money comes with `capture`. Moves nothing itself.
        """

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Take the money that the payer agreed to, or that their saved method allows.

        May be sent again: the provider takes the money once. Once one is known as refused
        (`captures_refused`), the next may go by another key. PAYER_NEEDED: the payer's bank wants
        to see them, and nothing was taken.
        """

    def close(self, payment: PaymentHandle) -> None:
        """Make a payment impossible to pay. A paid one stays paid: query after it."""

    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Ask for a refund; again with the same number asks for the same one."""

    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Return what the provider knows of a refund; UNKNOWN when it knows nothing.

        One that was made there by hand has no number of ours: it is found by its reference.
        """

    def saved_method(self, payment: PaymentHandle) -> SavedMethodReport | None:
        """Return the method that a successful payment left for later; None: it left none."""

    def forget(self, saved_reference: str) -> None:
        """Delete a saved method at the provider; one that is gone already is no error."""

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Verify the raw bytes and return what they say. Header names are lower-case.

        Calls nobody. Raises NotificationRefusedError; nothing else.
        """

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return the answer that the provider wants: HTTP status, content type, body."""

    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write the provider's settlement of one day, all of it, as `read_settlement` reads it.

        `day` is one of `settlement_zone`. Raises ProviderError(retryable=True) while the provider
        has not made it yet.
        """

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield the lines of a settlement, one after the other, in bounded memory.

        Raises RemoteProtocolError when it is not of the documented form, or not whole.
        """


class PayerIdentity(Protocol):
    """What a provider adds, some of whose methods need to know the payer (Method.needs_payer)."""

    def identify_url(self, *, back_url: str, state: str) -> str:
        """Return where to send the payer, who comes back to `back_url` with `code` and `state`."""

    def identify(self, code: str) -> str:
        """Return the payer as the provider names them, for PaymentRequest.payer_reference."""


class WithoutCapture:
    """For a provider that takes the money as soon as the payer agrees, and saves no methods."""

    saves_methods = False

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Refuse: nothing here is ever APPROVED."""
        raise LocalProtocolError(f"{payment.number} can't be captured")

    def saved_method(self, payment: PaymentHandle) -> SavedMethodReport | None:
        """Return nothing: payments leave no method behind."""
        del payment
        return None

    def forget(self, saved_reference: str) -> None:
        """Refuse: there is nothing to forget."""
        del saved_reference
        raise LocalProtocolError("this channel saves no methods")
