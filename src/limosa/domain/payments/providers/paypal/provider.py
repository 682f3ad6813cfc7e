"""PayPal behind the payment port."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from limosa.domain.payments.message_refusals import understood_reply
from limosa.domain.payments.providers.paypal import bodies, settlement, wire
from limosa.domain.payments.providers.paypal.account import read_account
from limosa.domain.payments.providers.paypal.certificates import Certificates
from limosa.domain.payments.providers.paypal.connection import (
    NOT_FOUND,
    Call,
    Connection,
    ReplyRefusedError,
)
from limosa.domain.payments.providers.paypal.declines import decline_by_issue
from limosa.domain.payments.providers.paypal.fields import Fields, read_text
from limosa.domain.payments.providers.paypal.notification import NotificationReader
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
from limosa.foundation.money import Money

CHECKOUT = "checkout"
UNPROCESSABLE = 422
WHOLE = "return=representation"


class PayPalProvider:
    """Takes money from a PayPal account: on PayPal's own page (`checkout`), or from one that its
    owner has saved (`saved`).

    Every call raises ProviderError. Not retryable: PayPal understood and refused. Retryable: there
    was no answer, or it was not in the documented format. An order is found only by PayPal's id, so
    one without a reference was never shown to a payer, and is UNKNOWN.
    """

    code = "paypal"
    currencies = wire.CURRENCIES
    least_minor: Mapping[str, int] = wire.LEAST_MINOR
    methods: Mapping[str, Method] = {
        CHECKOUT: Method(shape=Shape.OPEN, devices=frozenset({Device.DESKTOP, Device.PHONE})),
        SAVED: Method(shape=Shape.NOTHING),
    }
    saves_methods = True
    settlement_zone = "UTC"
    unknown_reference = "0" * 17

    def __init__(self) -> None:
        account = read_account(settings.PROVIDER_SETTINGS["paypal"])
        self.merchant = account.merchant_id
        self.api_url = account.api_url
        self.connection = Connection(account)
        self.certificates = Certificates(account, self.connection.session)
        self.certificates.read_kept(now=timezone.now())
        self._notifications = NotificationReader(
            certificates=self.certificates,
            webhook_id=account.webhook_id,
            merchant=account.merchant_id,
        )

    @understood_reply()
    def create(self, request: PaymentRequest) -> Started:
        """Create an order; return where the payer approves it, and its id.

        For a number that it knows, PayPal returns the existing order, whatever the request says; so
        the answer is compared with the request.
        """
        if request.method not in self.methods:
            raise LocalProtocolError(f"no method {request.method!r}")
        _check_takeable(request.amount)
        options = {
            "body": bodies.order_body(request),
            "paypal_request_id": _check_number(request.number),
            "prefer": WHOLE,
        }
        order = self.connection.call(lambda client: client.orders.create_order(options))
        if not wire.is_asked_for(order, number=request.number, amount=request.amount):
            raise ProviderError("the number stands for another payment", retryable=False)
        pay_url = "" if request.method == SAVED else wire.read_link(order)
        return Started(pay_url, reference=read_text(order, "id", wire.ORDER_ID))

    @understood_reply()
    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what PayPal knows about a payment; nothing, if its order has expired."""
        order = self._order(payment)
        if order is None:
            return PaymentStatusReport(payment_number=payment.number, state=ProviderState.UNKNOWN)
        return _report_of(order, payment)

    @understood_reply()
    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Capture the money of an approved order, or charge the saved method.

        A refusal's code is not interpreted; the order is queried instead. It may have been captured
        before, may need the payer again, or is still open. In the last case the payer may choose
        another card for it; for a saved method nobody can, and the payment has failed.
        """
        if (payment.method == SAVED) != bool(payment.saved_reference):
            raise LocalProtocolError(f"{payment.number}: a saved method goes with {SAVED!r} only")
        options = {
            "id": _check_order_id(payment),
            "body": bodies.capture_body(payment),
            "paypal_request_id": _capture_key(payment),
            "prefer": WHOLE,
        }
        try:
            order = self.connection.call(lambda client: client.orders.capture_order(options))
        except ReplyRefusedError as refused:
            if refused.retryable:
                raise
            return self._after_refusal(payment, refused)
        return _report_of(order, payment)

    def close(self, payment: PaymentHandle) -> None:
        """Do nothing: PayPal has no call to close an order. Without our capture one takes no money,
        and expires.

        Source: Orders v2 has no such call; an approved order has to be captured within hours.
        """
        _check_number(payment.number)

    @understood_reply()
    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Request a full or partial refund.

        PayPal remembers request ids only for a while, so the order's existing refunds are checked
        first. An amount above what is left of the order is refused for good; any other refusal (our
        account may lack the money) is retried later.
        """
        number = _check_number(request.number)
        if not 0 < request.amount.amount_minor <= request.total.amount_minor or (
            request.amount.currency != request.total.currency
        ):
            raise LocalProtocolError(f"{request.amount} is no part of {request.total}")
        order = self._order(request.payment)
        if order is None:
            raise ProviderError("there is no such order", retryable=True)
        handle = RefundHandle(number=number, payment=request.payment)
        known = _refund_in(order, handle)
        if known is not None:
            return known
        paid = _report_of(order, request.payment)
        if paid.state is not ProviderState.SUCCEEDED:
            raise ProviderError("the order is not paid", retryable=True)
        if not _holds(order, paid, request.amount):
            raise ProviderError("more than the order still holds", retryable=False)
        options = {
            "capture_id": paid.transaction_id,
            "body": bodies.refund_body(request),
            "paypal_request_id": number,
            "prefer": WHOLE,
        }
        try:
            reply = self.connection.call(
                lambda client: client.payments.refund_captured_payment(options)
            )
        except ReplyRefusedError as refused:
            raise ProviderError(str(refused), retryable=True) from refused
        return _refund_report(reply, handle)

    @understood_reply()
    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Return what PayPal knows about a refund, by its reference or among the order's."""
        number = _check_number(refund.number)
        unknown = RefundStatusReport(
            refund_number=number, payment_number="", outcome=RefundOutcome.UNKNOWN
        )
        if refund.reference:
            options = {"refund_id": refund.reference}
            reply = self._found(lambda client: client.payments.get_refund(options))
            if reply is not None:
                return _refund_report(reply, refund)
        order = self._order(refund.payment)
        return (None if order is None else _refund_in(order, refund)) or unknown

    @understood_reply()
    def saved_method(self, payment: PaymentHandle) -> SavedMethodReport | None:
        """Return the account that a captured order saved in the vault.

        Raises ProviderError(retryable=True) while the vault has accepted it but not stored it yet.
        """
        order = self._order(payment)
        if order is None:
            return None
        if wire.is_being_vaulted(order):
            raise ProviderError("the vault is not done yet", retryable=True)
        return wire.read_vaulted(order)

    def forget(self, saved_reference: str) -> None:
        """Delete a saved account from the vault."""
        if not wire.is_vault_id(saved_reference):
            raise LocalProtocolError("not a saved method's reference")
        self._found(lambda client: client.vault.delete_payment_token(saved_reference))

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Verify a notification's raw bytes and return its content; makes no outside calls."""
        return self._notifications.read(headers=headers, body=body, now=now)

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return 200, or 400, which makes PayPal resend it."""
        return (200 if accepted else 400), "application/json", b""

    @understood_reply()
    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write the account's transactions of a UTC day."""
        settlement.fetch_settlement(self.connection, day, into)

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield the transactions that moved money."""
        return settlement.read_settlement(file)

    def _after_refusal(
        self, payment: PaymentHandle, refused: ReplyRefusedError
    ) -> PaymentStatusReport:
        """Return the state of a payment whose capture was refused."""
        order = self._order(payment)
        if order is None:
            return PaymentStatusReport(payment_number=payment.number, state=ProviderState.UNKNOWN)
        report = _report_of(order, payment)
        is_untouched = report.state is ProviderState.PENDING and not wire.captures_of(
            wire.read_unit(order)
        )
        if payment.method == SAVED and refused.status == UNPROCESSABLE and is_untouched:
            report = replace(report, state=ProviderState.FAILED)
        if report.state is ProviderState.SUCCEEDED:
            return report
        return replace(report, decline=decline_by_issue(refused.issue) or report.decline)

    def _order(self, payment: PaymentHandle) -> Fields | None:
        """Return a payment's order; None if it does not exist or has expired."""
        _check_number(payment.number)
        if not payment.reference:
            return None
        options = {"id": _check_order_id(payment)}
        return self._found(lambda client: client.orders.get_order(options))

    def _found(self, ask: Call) -> Fields | None:
        """Return the result of a call; None if PayPal answers 404."""
        try:
            return self.connection.call(ask)
        except ReplyRefusedError as refused:
            if refused.status == NOT_FOUND:
                return None
            raise


def _report_of(order: Fields, payment: PaymentHandle) -> PaymentStatusReport:
    report = wire.read_order(order, method=payment.method)
    if report.payment_number != payment.number:
        raise ProviderError("reply is about another payment", retryable=True)
    return report


def _refund_in(order: Fields, refund: RefundHandle) -> RefundStatusReport | None:
    """Return the requested refund, if the order has it."""
    for one in wire.refunds_of(wire.read_unit(order)):
        report = wire.read_refund(one, payment_number=refund.payment.number)
        if _is_about(report, refund):
            return report
    return None


def _refund_report(reply: Fields, refund: RefundHandle) -> RefundStatusReport:
    report = wire.read_refund(reply, payment_number=refund.payment.number)
    if not _is_about(report, refund):
        raise ProviderError("reply is about another refund", retryable=True)
    return report


def _is_about(report: RefundStatusReport, refund: RefundHandle) -> bool:
    """Return whether this is the refund: by our number, or by PayPal's if it has none of ours."""
    if not report.refund_number:
        return bool(refund.reference) and report.reference == refund.reference
    return report.refund_number == refund.number


def _capture_key(payment: PaymentHandle) -> str:
    """Return the capture's key: a new one after each capture known to be refused.

    PayPal repeats its answer to a key, even a decline.
    """
    key = f"{_check_number(payment.number)}-capture"
    return f"{key}-{payment.captures_refused}" if payment.captures_refused else key


def _holds(order: Fields, paid: PaymentStatusReport, amount: Money) -> bool:
    """Return whether this much is left of an order after its refunds, including pending ones."""
    reports = [wire.read_refund(one) for one in wire.refunds_of(wire.read_unit(order))]
    given = sum(
        report.amount_minor for report in reports if report.outcome is not RefundOutcome.FAILED
    )
    return amount.currency == paid.currency and given + amount.amount_minor <= paid.amount_minor


def _check_number(number: str) -> str:
    if not wire.NUMBER.fullmatch(number):
        raise LocalProtocolError(f"not a number of ours: {number!r}")
    return number


def _check_order_id(payment: PaymentHandle) -> str:
    if not wire.ORDER_ID.fullmatch(payment.reference):
        raise LocalProtocolError(f"not an order of PayPal's: {payment.reference!r}")
    return payment.reference


def _check_takeable(amount: Money) -> None:
    if amount.currency not in wire.CURRENCIES or amount.amount_minor < 1:
        raise LocalProtocolError(f"PayPal does not take {amount} from us")
