"""Stripe behind the payment port."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from django.conf import settings

from limosa.domain.payments.message_refusals import understood_reply
from limosa.domain.payments.providers.stripe import parameters, settlement, wire
from limosa.domain.payments.providers.stripe.account import read_account
from limosa.domain.payments.providers.stripe.calls import Calls, NotFoundError
from limosa.domain.payments.providers.stripe.least_amounts import LEAST_MINOR
from limosa.domain.payments.providers.stripe.notification import NotificationReader
from limosa.domain.payments.requests import (
    SAVED,
    Device,
    Method,
    PaymentHandle,
    PaymentRequest,
    RefundHandle,
    RefundRequest,
    Shape,
    Started,
)
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SavedMethodReport,
    SettlementLine,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError

CHECKOUT = "checkout"
CHARGED = ["payment_intent.latest_charge"]


class StripeProvider:
    """Takes cards on Stripe's page (`checkout`), and saved ones without the payer (`saved`).

    Every call raises ProviderError. Not retryable: Stripe understood and refused. Retryable: there
    was no answer, or it was not in the documented format.
    """

    code = "stripe"
    currencies = wire.CURRENCIES
    methods: Mapping[str, Method] = {
        CHECKOUT: Method(shape=Shape.OPEN, devices=frozenset({Device.DESKTOP, Device.PHONE})),
        SAVED: Method(shape=Shape.NOTHING),
    }
    saves_methods = True
    least_minor: Mapping[str, int] = LEAST_MINOR
    settlement_zone = "UTC"
    unknown_reference = "cs_test_" + "0" * 24

    def __init__(self) -> None:
        account = read_account(settings.PROVIDER_SETTINGS["stripe"])
        self.merchant = account.account_id
        self.api_url = account.api_url
        self._calls = Calls(account)
        self._api = self._calls.api
        self._notifications = NotificationReader(
            secrets=account.webhook_secrets,
            account_id=account.account_id,
            is_live=account.is_live,
        )

    @understood_reply()
    def create(self, request: PaymentRequest) -> Started:
        """Create a session to pay in, or the unconfirmed payment by a saved card."""
        parameters.check(request)
        if request.method == CHECKOUT:
            params = parameters.session(request, customer=self._customer(request))
            session = self._calls.ask(
                self._api.checkout.sessions.create, params=params, key=request.number
            )
            return Started(wire.read_pay_url(session), wire.read_session_id(session))
        if request.method == SAVED:
            intent = self._calls.ask(
                self._api.payment_intents.create,
                params=parameters.intent(request),
                key=request.number,
            )
            return Started("", wire.read_id(intent))
        raise LocalProtocolError(f"no method {request.method!r}")

    def _customer(self, request: PaymentRequest) -> str:
        """Return Stripe's customer to save the person's card to; empty: no card is to be saved."""
        if not request.save_method:
            return ""
        customer = self._calls.ask(
            self._api.customers.create,
            params=parameters.customer(request),
            key=f"customer-{request.customer_reference}",
        )
        return wire.read_id(customer)

    @understood_reply()
    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what Stripe knows about a payment.

        UNKNOWN without a reference, too: it was lost with the answer to `create`, and so was the
        only way to pay.
        """
        unknown = PaymentStatusReport(payment_number=payment.number, state=ProviderState.UNKNOWN)
        if not payment.reference:
            return unknown
        try:
            report = self._known(payment.reference)
        except NotFoundError:
            return unknown
        if report.payment_number != payment.number:
            raise ProviderError("reply is about another payment", retryable=True)
        return report

    def _known(self, reference: str) -> PaymentStatusReport:
        if _is_session(reference):
            session = self._session(reference, expand=CHARGED)
            return wire.read_session(session, merchant=self.merchant)
        intent = self._calls.ask(
            self._api.payment_intents.retrieve, reference, params={"expand": ["latest_charge"]}
        )
        return wire.read_intent(intent, merchant=self.merchant)

    def _session(self, reference: str, *, expand: list[str]) -> wire.Fields:
        return self._calls.ask(
            self._api.checkout.sessions.retrieve, reference, params={"expand": expand}
        )

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Charge the saved card.

        Stripe charges once per key, and once per payment when the key has expired. However it
        refuses, the payment itself tells the outcome.
        """
        if not payment.reference.startswith("pi_"):
            raise LocalProtocolError(f"{payment.number} can't be captured")
        try:
            self._calls.ask(
                self._api.payment_intents.confirm,
                payment.reference,
                params={"off_session": True},
                key=f"{payment.number}-confirm",
            )
        except ProviderError as error:
            if error.retryable:
                raise
            report = self.query(payment)
            if report.state is ProviderState.APPROVED:
                raise
            return report
        return self.query(payment)

    def close(self, payment: PaymentHandle) -> None:
        """Expire the session, or cancel the payment by a saved card.

        Stripe refuses if it is paid or was closed before: query afterwards. Without a reference
        nobody can pay (see `query`).
        """
        if not payment.reference:
            return
        is_session = _is_session(payment.reference)
        sessions, intents = self._api.checkout.sessions, self._api.payment_intents
        call = sessions.expire if is_session else intents.cancel
        self._calls.ask(call, payment.reference, params={})

    @understood_reply()
    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Request a full or partial refund, unless it was requested before.

        The key alone would not be enough: Stripe keeps it only for a day.
        """
        parameters.check_refund(request)
        intent = request.payment.transaction_id
        if not intent:
            raise LocalProtocolError(f"{request.payment.number} was not paid")
        known = self._find_refund(intent, request.number)
        if known is not None:
            return known
        refund = self._calls.ask(
            self._api.refunds.create, params=parameters.refund(request), key=request.number
        )
        report = wire.read_refund(refund)
        if report.refund_number != request.number:
            raise ProviderError("reply is about another refund", retryable=True)
        return report

    @understood_reply()
    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Return what Stripe knows about a refund, by its reference or else among the payment's."""
        unknown = RefundStatusReport(
            refund_number=refund.number, payment_number="", outcome=RefundOutcome.UNKNOWN
        )
        if not refund.reference:
            intent = refund.payment.transaction_id
            return (self._find_refund(intent, refund.number) if intent else None) or unknown
        try:
            report = wire.read_refund(
                self._calls.ask(self._api.refunds.retrieve, refund.reference, params={})
            )
        except NotFoundError:
            return unknown
        # A refund made in the Dashboard has no number of ours; it was queried by Stripe's.
        if report.refund_number not in {refund.number, ""} or report.reference != refund.reference:
            raise ProviderError("reply is about another refund", retryable=True)
        return report

    def _find_refund(self, intent: str, number: str) -> RefundStatusReport | None:
        for refund in self._calls.all(self._api.refunds.list, params={"payment_intent": intent}):
            report = wire.read_refund(refund)
            if report.refund_number == number:
                return report
        return None

    @understood_reply()
    def saved_method(self, payment: PaymentHandle) -> SavedMethodReport | None:
        """Return the card that the session saved, if the person wanted that."""
        if not _is_session(payment.reference):
            return None
        session = self._session(payment.reference, expand=["payment_intent.payment_method"])
        intent = session.get("payment_intent")
        return wire.read_saved_method(intent) if isinstance(intent, dict) else None

    def forget(self, saved_reference: str) -> None:
        """Detach the card from its customer: it can no longer be charged."""
        _, card = parameters.saved_parts(saved_reference)
        methods = self._api.payment_methods
        try:
            self._calls.ask(methods.detach, card, params={})
        except ProviderError as error:
            if error.retryable or self._is_attached(card):
                raise

    def _is_attached(self, card: str) -> bool:
        try:
            method = self._calls.ask(self._api.payment_methods.retrieve, card, params={})
        except NotFoundError:
            return False
        return method.get("customer") is not None

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Verify an event's raw bytes and return its content; makes no outside calls."""
        return self._notifications.read(headers=headers, body=body, now=now)

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return 200, or 400, which makes Stripe resend it."""
        return (200 if accepted else 400), "text/plain", b""

    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write the balance transactions of a UTC day, each with what it is about.

        They are available at once, so an unfinished day gives what there is so far.
        """
        params: dict[str, Any] = {
            "created": {
                "gte": settlement.midnight(day),
                "lt": settlement.midnight(day + timedelta(days=1)),
            },
            "expand": ["data.source"],
        }
        rows = self._calls.all(self._api.balance_transactions.list, params=params)
        settlement.write(rows, day=day, into=into)

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield the lines of a settlement. Raises RemoteProtocolError."""
        return settlement.read(file)


def _is_session(reference: str) -> bool:
    return reference.startswith("cs_")
