"""What a payment provider must implement. Settings name the provider classes; nobody imports them.

Every method may raise ProviderError(retryable=…). No caller branches on a provider's own error
codes: after anything but a clean answer it polls the payment with `query`. The types exchanged
(reports, requests, methods) are in status_reports.py and requests.py.
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

    `merchant`: the account that receives the money, as the provider names it. `currencies`: what
    the channel can take; empty: any. `methods`: how it can be used, by the name stored in
    Payment.method. `saves_methods`: a person's card or account can be saved for later payments.
    `least_minor`: the minimum amount, by currency; the smallest unit for any other.
    `settlement_zone`: the time zone that defines the days of its settlements. `unknown_reference`:
    a well-formed reference that does not exist; empty if it goes by our numbers. Calling `query`
    with it shows whether the provider accepts our credentials. `api_url`: a URL of its API whose
    responses tell its clock; empty: there is none.
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
        """Create the payment at the provider; no money moves yet.

        The same number with the same content may be sent again, with the same result.
        """

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what the provider knows about a payment; UNKNOWN if nothing.

        APPROVED: the payer has agreed, and `capture` takes the money. Moves no money itself.
        """

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Take the money that the payer approved, or that their saved method allows.

        May be repeated: the provider takes the money once. Once a capture is known to be refused
        (`captures_refused`), the next one may use a new key. PAYER_NEEDED: the payer's bank
        requires authentication, and nothing was taken.
        """

    def close(self, payment: PaymentHandle) -> None:
        """Make a payment impossible to pay. A paid one stays paid: query afterwards."""

    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Request a refund; repeating the number requests the same one."""

    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Return what the provider knows about a refund; UNKNOWN if nothing.

        A refund by hand has no number of ours: it is found by its reference.
        """

    def saved_method(self, payment: PaymentHandle) -> SavedMethodReport | None:
        """Return the method that a successful payment saved for later; None: it saved none."""

    def forget(self, saved_reference: str) -> None:
        """Delete a saved method at the provider; one that is already gone is not an error."""

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Verify the raw bytes and return their content. Header names are lower-case.

        Makes no outside calls. Raises NotificationRefusedError; nothing else.
        """

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return the acknowledgement the provider expects: HTTP status, content type, body."""

    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write the provider's complete settlement of one day, in the format `read_settlement`
        reads.

        `day` is a day in `settlement_zone`. Raises ProviderError(retryable=True) while the provider
        has not issued it yet.
        """

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield the lines of a settlement one by one, in bounded memory.

        Raises RemoteProtocolError if it is not in the documented format, or incomplete.
        """


class PayerIdentity(Protocol):
    """Additional methods of a provider that needs to know the payer (Method.needs_payer)."""

    def identify_url(self, *, back_url: str, state: str) -> str:
        """Return where to send the payer, who returns to `back_url` with `code` and `state`."""

    def identify(self, code: str) -> str:
        """Return the provider's id for the payer, for PaymentRequest.payer_reference."""


class WithoutCapture:
    """For a provider that takes the money as soon as the payer agrees, and saves no methods."""

    saves_methods = False

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Refuse: nothing here is ever APPROVED."""
        raise LocalProtocolError(f"{payment.number} can't be captured")

    def saved_method(self, payment: PaymentHandle) -> SavedMethodReport | None:
        """Return None: payments save no method."""
        del payment
        return None

    def forget(self, saved_reference: str) -> None:
        """Refuse: there is nothing to forget."""
        del saved_reference
        raise LocalProtocolError("this channel saves no methods")
