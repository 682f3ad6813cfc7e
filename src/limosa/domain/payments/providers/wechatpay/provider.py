"""WeChat Pay behind the payment port."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from django.conf import settings
from wechatpayv3 import WeChatPay, WeChatPayType

from limosa.domain.payments.message_refusals import understood_reply
from limosa.domain.payments.notify_url import notify_url
from limosa.domain.payments.port import WithoutCapture
from limosa.domain.payments.providers.wechatpay import bill, bridge, certificates, wire
from limosa.domain.payments.providers.wechatpay.account import Account, read_account
from limosa.domain.payments.providers.wechatpay.certificates import PlatformCertificates
from limosa.domain.payments.providers.wechatpay.connection import (
    UNAUTHORIZED,
    Caller,
    Connection,
    Reply,
)
from limosa.domain.payments.providers.wechatpay.notification import NotificationReader
from limosa.domain.payments.providers.wechatpay.signature import Checks, PlatformKeys
from limosa.domain.payments.providers.wechatpay.web_authorization import WebAuthorization
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

METHODS: Mapping[str, Method] = {
    "native": Method(shape=Shape.QR, devices=frozenset({Device.DESKTOP})),
    "h5": Method(shape=Shape.OPEN, devices=frozenset({Device.PHONE}), needs_origin=True),
}
PAYER_METHODS: Mapping[str, Method] = {
    "jsapi": Method(shape=Shape.BRIDGE, devices=frozenset({Device.WECHAT}), needs_payer=True),
}
BILL_PATH = "/v3/bill/tradebill"
NOT_FOUND = 404
ASK_LATER = frozenset({429})
# A refund may be refused for lack of money in the merchant's account (403), or because the payment
# is not visible yet (404); requested later with the same number, it goes through.
ASK_REFUND_LATER = frozenset({403, 404, 429})
REFUSED = '{"code":"FAIL","message":"失败"}'.encode()


class WeChatPayProvider(WithoutCapture):
    """Takes yuan by QR code (`native`), in a phone's browser (`h5`) and in WeChat's (`jsapi`).

    `jsapi` has to know the payer, so it is available only if the app's secret is set.

    Every call raises ProviderError. Not retryable: the platform understood and refused. Retryable:
    there was no answer, or it was not signed, not fresh or not in the documented format.
    """

    code = "wechatpay"
    currencies = frozenset({wire.CURRENCY})
    least_minor: Mapping[str, int] = wire.LEAST_MINOR
    settlement_zone = "Asia/Shanghai"
    unknown_reference = ""

    def __init__(self) -> None:
        account = read_account(settings.PROVIDER_SETTINGS["wechatpay"])
        platform_keys = _platform_keys(account)
        self.merchant = account.mchid
        self.api_url = account.gateway_url
        self.methods: Mapping[str, Method] = {
            **METHODS,
            **(PAYER_METHODS if account.app_secret else {}),
        }
        self._appid = account.appid
        self._private_key = account.private_key
        self._authorization = WebAuthorization(
            appid=account.appid,
            app_secret=account.app_secret,
            open_url=account.open_url,
            api_url=account.api_url,
        )
        self._connection = _connection(account, platform_keys)
        self._client = _client(account, self._connection)
        self._notifications = NotificationReader(
            platform_keys=platform_keys,
            api_v3_key=account.api_v3_key.encode(),
            mchid=account.mchid,
            appid=account.appid,
        )

    @understood_reply()
    def create(self, request: PaymentRequest) -> Started:
        """Create a payment; return the QR code's text, the URL to open, or the browser's call."""
        if request.method not in self.methods:
            raise LocalProtocolError(f"no method {request.method!r}")
        members: dict[str, Any] = {
            "description": wire.shorten(request.description, bytes_max=wire.DESCRIPTION_BYTES_MAX),
            "out_trade_no": wire.check_payment_number(request.number),
            "amount": {"total": _fen(request.amount), "currency": wire.CURRENCY},
            "time_expire": wire.beijing_time(request.expires_at),
            "notify_url": request.notify_url,
        }
        if request.method == "native":
            reply = self._client.pay(pay_type=WeChatPayType.NATIVE, **members)
            return Started(wire.read_link(_success(reply), "code_url"))
        if request.method == "h5":
            scene = {"payer_client_ip": request.payer_ip, "h5_info": {"type": "Wap"}}
            reply = self._client.pay(pay_type=WeChatPayType.H5, scene_info=scene, **members)
            h5_url = wire.read_link(_success(reply), "h5_url")
            return Started(_returning(h5_url, request.return_url))
        payer = {"openid": wire.check_openid(request.payer_reference)}
        reply = self._client.pay(pay_type=WeChatPayType.JSAPI, payer=payer, **members)
        prepay_id = wire.read_prepay_id(_success(reply))
        return Started(self._bridge(request, prepay_id))

    def _bridge(self, request: PaymentRequest, prepay_id: str) -> str:
        return bridge.parameters(
            appid=self._appid,
            prepay_id=prepay_id,
            number=request.number,
            created_at=request.created_at,
            private_key=self._private_key,
        )

    def identify_url(self, *, back_url: str, state: str) -> str:
        """Return where to send WeChat's browser; it returns at once, without asking the person."""
        return self._authorization.url(back_url=back_url, state=state)

    def identify(self, code: str) -> str:
        """Return the payer's openid."""
        return self._authorization.openid(code)

    @understood_reply()
    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return what the platform knows about a payment."""
        number = wire.check_payment_number(payment.number)
        reply: Reply = self._client.query(out_trade_no=number)
        if _is_not_found(reply):
            return PaymentStatusReport(payment_number=number, state=ProviderState.UNKNOWN)
        report = wire.read_payment(_success(reply), mchid=self.merchant, appid=self._appid)
        if report.payment_number != number:
            raise ProviderError("reply is about another payment", retryable=True)
        return report

    def close(self, payment: PaymentHandle) -> None:
        """Close a payment. The platform agrees for closed and unknown ones too: query
        afterwards."""
        _success(self._client.close(out_trade_no=wire.check_payment_number(payment.number)))

    @understood_reply()
    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Request a full or partial refund; `total` is the payment's amount."""
        reply: Reply = self._client.refund(
            out_refund_no=wire.check_refund_number(request.number),
            out_trade_no=wire.check_payment_number(request.payment.number),
            amount=_part(request.amount, request.total),
            reason=wire.shorten(request.reason, bytes_max=wire.REASON_BYTES_MAX),
            notify_url=notify_url(self.code),
        )
        return _refund_report(_success(reply, ask_later=ASK_REFUND_LATER), request.number)

    @understood_reply()
    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        """Return what the platform knows about a refund."""
        number = wire.check_refund_number(refund.number)
        reply: Reply = self._client.query_refund(out_refund_no=number)
        if _is_not_found(reply):
            return RefundStatusReport(
                refund_number=number, payment_number="", outcome=RefundOutcome.UNKNOWN
            )
        return _refund_report(_success(reply), number)

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        """Verify a notification's raw bytes and return its content; makes no outside calls."""
        return self._notifications.read(headers=headers, body=body, now=now)

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return 204, or 400 with the documented JSON, which makes the platform resend it."""
        if accepted:
            return 204, "application/json", b""
        return 400, "application/json", REFUSED

    @understood_reply()
    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        """Write the trade bill of a day in Beijing.

        The platform issues none for a day without transactions: an empty one is written if, by the
        platform's own signed time, it would have been issued by now.
        """
        reply = self._connection.request(f"{BILL_PATH}?bill_date={day.isoformat()}&bill_type=ALL")
        if reply.status >= 400 and wire.read_error_code(reply.body) in wire.NO_BILL_CODES:
            if not bill.is_surely_made(day, at_seconds=reply.said_at):
                raise ProviderError("the bill is not made yet", retryable=True)
            into.write(bill.EMPTY)
            return
        url, sha1_hex = wire.read_file_place(_success(reply))
        self._connection.download(url, sha1_hex=sha1_hex, into=into)
        into.write(b"\n")  # It is complete, so its last line gets an end, too.

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        """Yield the payments and refunds of a trade bill, each with its fee."""
        return bill.read(file, mchid=self.merchant)


def _platform_keys(account: Account) -> Checks:
    """Return what verifies signatures; if there are certificates, it also renews them."""
    keys = PlatformKeys(account.platform_keys)
    if not account.has_certificates:
        return keys
    connection = _connection(account, keys)
    return PlatformCertificates(
        keys,
        api_v3_key=account.api_v3_key.encode(),
        fetch=lambda: connection.unverified(certificates.PATH),
    )


def _connection(account: Account, platform_keys: Checks) -> Connection:
    return Connection(
        gateway_url=account.gateway_url,
        caller=Caller(
            mchid=account.mchid,
            certificate_serial=account.certificate_serial,
            private_key=account.private_key,
        ),
        platform_keys=platform_keys,
        public_key_id=account.public_key_id,
    )


def _client(account: Account, connection: Connection) -> WeChatPay:
    """Return the SDK in public-key mode, sending through our connection.

    In its other mode it would fetch certificates here. It verifies nothing, so any key will do.
    """
    client = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=account.mchid,
        private_key=account.private_pem(),
        cert_serial_no=account.certificate_serial,
        appid=account.appid,
        apiv3_key=account.api_v3_key,
        public_key=account.platform_pem(),
        public_key_id=account.platform_keys[0].serial,
    )
    client._core = connection  # noqa: SLF001 -- the SDK has no other way in.
    return client


def _success(reply: Reply, *, ask_later: frozenset[int] = ASK_LATER) -> wire.Fields:
    """Return the content of a successful reply; a signed refusal becomes a ProviderError.

    The platform's error code goes into the message, for people; nothing branches on it.
    """
    if 200 <= reply.status < 300:
        return wire.read_object(reply.body) if reply.body else {}
    raise ProviderError(
        f"HTTP {reply.status} {wire.read_error_code(reply.body)}".rstrip(),
        retryable=reply.status in ask_later,
        is_unauthorized=reply.status in UNAUTHORIZED,
    )


def _is_not_found(reply: Reply) -> bool:
    return reply.status == NOT_FOUND and wire.read_error_code(reply.body) in wire.NOT_FOUND_CODES


def _refund_report(fields: wire.Fields, refund_number: str) -> RefundStatusReport:
    report = wire.read_refund(fields, status_name="status")
    if report.refund_number != refund_number:
        raise ProviderError("reply is about another refund", retryable=True)
    return report


def _fen(amount: Money) -> int:
    if amount.currency != wire.CURRENCY or amount.amount_minor < 1:
        raise LocalProtocolError(f"WeChat Pay takes yuan, not {amount}")
    return amount.amount_minor


def _part(amount: Money, total: Money) -> dict[str, int | str]:
    """Return a refund's amount. It goes back in the currency received, whatever we requested."""
    if amount.currency != total.currency or not 0 < amount.amount_minor <= total.amount_minor:
        raise LocalProtocolError(f"{amount} is no part of {total}")
    return {
        "refund": amount.amount_minor,
        "total": total.amount_minor,
        "currency": total.currency,
    }


def _returning(h5_url: str, return_url: str) -> str:
    """Return the H5 URL with the page to return to.

    Source: "H5 order": append `redirect_url`, URL-encoded, to h5_url.
    """
    parts = urlsplit(h5_url)
    if parts.scheme not in {"http", "https"}:
        raise ProviderError("reply not understood: h5_url", retryable=True)
    joint = "&" if parts.query else "?"
    return f"{h5_url}{joint}redirect_url={quote(return_url, safe='')}"
