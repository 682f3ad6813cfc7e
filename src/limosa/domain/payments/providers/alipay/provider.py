"""Alipay behind the payment port."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from django.conf import settings

from limosa.domain.payments.message_refusals import understood_reply
from limosa.domain.payments.port import WithoutCapture
from limosa.domain.payments.providers.alipay import settlement, wire
from limosa.domain.payments.providers.alipay.account import read_account
from limosa.domain.payments.providers.alipay.client import Answer, Client
from limosa.domain.payments.providers.alipay.notification import NotificationReader
from limosa.domain.payments.providers.alipay.signature import PlatformKey
from limosa.domain.payments.requests import (
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
    SettlementLine,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money

_PAGES = {
    "page": ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    "wap": ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
}
_NOT_FOUND = frozenset({"TRADE_NOT_EXIST"})
_NO_BILL_YET = frozenset({"BILL_NOT_EXIST"})
_NOTHING_THAT_DAY = frozenset({"NO_BILL_DATA"})
# Too many calls, or a system error: the outcome is unknown, and the call may be repeated.
_ASK_LATER = frozenset({"SYSTEM_ERROR", "SYSTEM_RATE_LIMIT", "USER_RATE_LIMIT", "UNKNOWN_ERROR"})
_TOO_MANY_CALLS = "40005"
# A refund that fails for lack of money in the merchant's account, or whose fee could not be
# returned at the moment, goes through later with the same number.
_ASK_REFUND_LATER = _ASK_LATER | {"SELLER_BALANCE_NOT_ENOUGH", "REFUND_CHARGE_ERROR"}


class AlipayProvider(WithoutCapture):
    """Takes yuan by QR code (`qr`), on Alipay's page (`page`) and on a phone (`wap`).

    Every call raises ProviderError. Not retryable: the platform understood and refused. Retryable:
    there was no answer, it was not signed or not in the documented format, or it says that retrying
    may help.
    """

    code = "alipay"
    currencies = frozenset({wire.CURRENCY})
    least_minor: Mapping[str, int] = wire.LEAST_MINOR
    methods: Mapping[str, Method] = {
        "qr": Method(shape=Shape.QR, devices=frozenset({Device.DESKTOP})),
        "page": Method(shape=Shape.OPEN, devices=frozenset({Device.DESKTOP})),
        "wap": Method(shape=Shape.OPEN, devices=frozenset({Device.PHONE})),
    }
    settlement_zone = "Asia/Shanghai"
    unknown_reference = ""

    def __init__(self) -> None:
        account = read_account(settings.PROVIDER_SETTINGS["alipay"])
        platform_key = PlatformKey(account.platform_public_key)
        self.merchant = account.seller_id
        self.api_url = account.gateway_url
        self._client = Client(account, platform_key)
        self._notifications = NotificationReader(
            platform_key=platform_key, seller_id=account.seller_id, app_id=account.app_id
        )

    @understood_reply()
    def create(self, request: PaymentRequest) -> Started:
        """Create a payment; return the text of the QR code, or the URL to open.

        Only a QR code needs a call. A URL is signed here without one, and the platform knows
        nothing of the payment until the payer opens it or scans the code.
        """
        if request.method not in self.methods:
            raise LocalProtocolError(f"no method {request.method!r}")
        content = _content(request)
        if request.method == "qr":
            content["product_code"] = "QR_CODE_OFFLINE"
            answer = self._client.call(
                "alipay.trade.precreate", content, notify_url=request.notify_url
            )
            fields = _success(answer)
            _check_about(wire.read_number(fields), request.number)
            return Started(wire.read_link(fields, "qr_code"))
        method, content["product_code"] = _PAGES[request.method]
        if request.method == "wap":
            content["quit_url"] = request.return_url
        url = self._client.page_url(
            method,
            content,
            at=request.created_at,
            notify_url=request.notify_url,
            return_url=request.return_url,
        )
        return Started(url)

    @understood_reply()
    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what the platform knows about a payment; nothing, before the payer opens it."""
        number = wire.check_number(payment.number)
        answer = self._client.call("alipay.trade.query", {"out_trade_no": number})
        if _says(answer, _NOT_FOUND):
            return PaymentStatusReport(payment_number=number, state=ProviderState.UNKNOWN)
        # A reply names no seller: it is signed for our application, which is bound to our account.
        report = wire.read_payment(
            _success(answer), paid_at_name="send_pay_date", merchant=self.merchant
        )
        _check_about(report.payment_number, number)
        return report

    def close(self, payment: PaymentHandle) -> None:
        """Close a payment that the payer has opened.

        One that has not been opened can't be closed, and expires by itself: query it until then.
        """
        number = wire.check_number(payment.number)
        answer = self._client.call("alipay.trade.close", {"out_trade_no": number})
        if not _says(answer, _NOT_FOUND):
            _success(answer)

    @understood_reply()
    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Request a full or partial refund.

        Only `fund_change` Y says that the money went back now. N is the answer to a repeated
        request, and to one that is still in progress: then `query_refund` decides.
        """
        number = wire.check_number(request.number)
        content = {
            "out_trade_no": wire.check_number(request.payment.number),
            "out_request_no": number,
            "refund_reason": wire.plain(request.reason, bytes_max=wire.REASON_BYTES_MAX),
            **_part(request.amount, request.total),
        }
        answer = self._client.call("alipay.trade.refund", content)
        fields = _success(answer, ask_later=_ASK_REFUND_LATER)
        _check_about(wire.read_number(fields), request.payment.number)
        is_done = fields.get("fund_change") == "Y"
        return RefundStatusReport(
            refund_number=number,
            payment_number=request.payment.number,
            outcome=RefundOutcome.SUCCEEDED if is_done else RefundOutcome.PENDING,
            # The reply's `refund_fee` is the sum of all refunds. This refund has the amount
            # requested: the platform refuses the same number with another amount.
            amount_minor=request.amount.amount_minor,
            currency=request.amount.currency,
        )

    @understood_reply()
    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Return what the platform knows about a refund; a refund by hand is found by the
        platform's id."""
        is_named = wire.NUMBER.fullmatch(refund.reference)
        number = wire.check_number(refund.reference if is_named else refund.number)
        payment_number = wire.check_number(refund.payment.number)
        answer = self._client.call(
            "alipay.trade.fastpay.refund.query",
            {"out_trade_no": payment_number, "out_request_no": number},
        )
        fields = {} if _says(answer, _NOT_FOUND) else _success(answer)
        report = wire.read_refund(fields, refund_number=number, payment_number=payment_number)
        _check_about(report.refund_number, number)
        _check_about(report.payment_number, payment_number)
        return report

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Verify a notification's raw bytes and return its content; makes no outside calls."""
        del headers  # Everything signed is in the form.
        return self._notifications.read(body=body, now=now)

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return the one word that stops the retries, or another, which causes a retry."""
        if accepted:
            return 200, "text/plain", b"success"
        return 400, "text/plain", b"failure"

    @understood_reply()
    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write a day's trade bill: a zip, or the platform's statement that nothing was traded.

        If there is no bill although it would have been issued by now, nothing was traded either.
        """
        answer = self._client.call(
            "alipay.data.dataservice.bill.downloadurl.query",
            {"bill_type": "trade", "bill_date": day.isoformat(), "secure": "true"},
        )
        if _says(answer, _NOTHING_THAT_DAY) or settlement.is_empty(answer.fields):
            into.write(answer.text.encode())
            return
        if _says(answer, _NO_BILL_YET) and settlement.is_surely_made(day, at=self._client.clock()):
            into.write(settlement.EMPTY)
            return
        fields = _success(answer, ask_later=_ASK_LATER | _NO_BILL_YET)
        self._client.download(wire.read_link(fields, "bill_download_url"), into)

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield the lines of a trade bill. Raises RemoteProtocolError, possibly only at its end."""
        return settlement.read_lines(file)


def _content(request: PaymentRequest) -> dict[str, Any]:
    """Return the parameters common to all three methods."""
    content: dict[str, Any] = {
        "out_trade_no": wire.check_number(request.number),
        "total_amount": wire.yuan(request.amount),
        "subject": wire.plain(request.description, bytes_max=wire.SUBJECT_BYTES_MAX),
        "time_expire": wire.beijing_time(request.expires_at),
    }
    if request.payer_ip:
        content["business_params"] = {"mc_create_trade_ip": request.payer_ip}
    return content


def _says(answer: Answer, codes: frozenset[str]) -> bool:
    """Return whether an answer refuses with one of the codes.

    The documentation writes the same code with and without a prefix (`ACQ.`, `isp.`), and in lower
    case.
    """
    return not answer.is_success and answer.sub_code.rpartition(".")[2].upper() in codes


def _success(answer: Answer, *, ask_later: frozenset[str] = _ASK_LATER) -> wire.Fields:
    """Return the content of a successful answer; a signed refusal becomes a ProviderError.

    The gateway has no HTTP statuses, so its code decides whether retrying may help.
    """
    if answer.is_success:
        return answer.fields
    raise ProviderError(
        f"{answer.code} {answer.sub_code}".strip(),
        retryable=answer.code == _TOO_MANY_CALLS or _says(answer, ask_later),
    )


def _check_about(said: str, number: str) -> None:
    if said != number:
        raise ProviderError("reply is about another payment or refund", retryable=True)


def _part(amount: Money, total: Money) -> dict[str, str]:
    """Return a refund's amount. It goes back in the currency received, whatever we requested."""
    if amount.currency != total.currency or not 0 < amount.amount_minor <= total.amount_minor:
        raise LocalProtocolError(f"{amount} is no part of {total}")
    part = {"refund_amount": str(amount.to_decimal())}
    return part if amount.currency == wire.CURRENCY else part | {"refund_currency": amount.currency}
