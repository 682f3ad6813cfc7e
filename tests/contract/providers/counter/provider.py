"""Cash at the counter: a whole payment provider, made up, to be read in ten minutes.

People take a slip to a shop and pay there; the shop's till service tells us. Here the port is
filled for it: each method is a call, and what its answer means. The how-to page
docs/howto/add-a-payment-provider.md explains it block by block.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, BinaryIO
from urllib.parse import quote

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from limosa.domain.http.session import new_session, once_more_if_fast, read_bounded
from limosa.domain.payments.port import WithoutCapture
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
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SettlementLine,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError, RemoteProtocolError
from tests.contract.providers.counter import wire

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
RETRY_WITHIN_SECONDS = 2.0
REPLY_BYTES_MAX = 16 * 1024 * 1024  # A day's list is the longest.
LINE_BYTES_MAX = 512


class CounterProvider(WithoutCapture):
    """People take a slip's number to a shop and pay there in euros. See `port.Provider`."""

    code = "counter"
    currencies = frozenset({"EUR"})
    methods: Mapping[str, Method] = MappingProxyType(
        {"slip": Method(shape=Shape.QR, devices=frozenset({Device.DESKTOP, Device.PHONE}))}
    )
    least_minor: Mapping[str, int] = MappingProxyType({"EUR": 1})
    settlement_zone = "UTC"
    unknown_reference = ""

    def __init__(self) -> None:
        values: Mapping[str, str] = settings.PROVIDER_SETTINGS["counter"]
        for name in ("shop", "secret"):
            if not values[name]:
                raise ImproperlyConfigured(f"LIMOSA_COUNTER_{name.upper()} is not set.")
        self.merchant, self.api_url = values["shop"], values["url"]
        self._secret = values["secret"]
        self._session = new_session()

    def create(self, request: PaymentRequest) -> Started:
        amount = request.amount
        if request.method not in self.methods or amount.currency not in self.currencies:
            raise LocalProtocolError(f"{request.number}: the counter takes no such payment")
        if amount.amount_minor < 1:
            raise LocalProtocolError(f"{request.number}: nothing to pay")
        answer = self._ask(
            "PUT",
            slip_path(request.number),
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            notify_url=request.notify_url,
        )
        with wire.understood():
            return Started(pay_url=str(wire.granted(*answer)["text"]))

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        status, slip = self._ask("GET", slip_path(payment.number))
        if status == 404:  # The till signs this too: it never saw the number.
            return PaymentStatusReport(payment_number=payment.number, state=ProviderState.UNKNOWN)
        with wire.understood():
            return wire.payment_report(wire.granted(status, slip))

    def close(self, payment: PaymentHandle) -> None:
        wire.granted(*self._ask("POST", f"{slip_path(payment.number)}/close"))

    def refund(self, request: RefundRequest) -> RefundStatusReport:
        if not 0 < request.amount.amount_minor <= request.total.amount_minor:
            raise LocalProtocolError(f"{request.number}: not a part of what was paid")
        answer = self._ask(
            "PUT",
            refund_path(request.payment.number, request.number),
            amount_minor=request.amount.amount_minor,
        )
        with wire.understood():
            return wire.refund_report(wire.granted(*answer))

    def query_refund(self, refund: RefundHandle) -> RefundStatusReport:
        number = refund.payment.number
        status, said = self._ask("GET", refund_path(number, refund.number))
        if status == 404:
            return RefundStatusReport(
                refund_number=refund.number, payment_number=number, outcome=RefundOutcome.UNKNOWN
            )
        with wire.understood():
            return wire.refund_report(wire.granted(status, said))

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ProviderNotification:
        wire.check_signature(
            headers.get("till-signature", ""), self._secret, "notice", body, now=now
        )
        try:
            notice = json.loads(body)
            return ProviderNotification(
                message_id=str(notice["id"]), report=wire.payment_report(notice["slip"])
            )
        except wire.BROKEN as error:
            raise NotificationRefusedError("envelope_malformed") from error

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        return (204 if accepted else 400), "text/plain", b""

    def fetch_settlement(self, day: date, into: BinaryIO) -> None:
        answer = self._ask("GET", f"/days/{day}")
        with wire.understood():
            text = str(wire.granted(*answer)["list"])
        into.write(text.encode())

    def read_settlement(self, file: BinaryIO) -> Iterator[SettlementLine]:
        count = 0
        while (line := file.readline(LINE_BYTES_MAX)) and line != f"end,{count}\n".encode():
            try:
                said = wire.settlement_line(line)
            except wire.BROKEN as error:
                raise RemoteProtocolError(f"line {count + 1} is not one of a day's list") from error
            yield said
            count += 1
        if not line or file.read(1):
            raise RemoteProtocolError("not a whole day's list")

    def _ask(self, call: str, path: str, **content: Any) -> tuple[int, Any]:
        """Return the status and the content of an answer that the till has signed.

        Raises ProviderError(retryable=True) when there is none.
        """
        body = json.dumps(content).encode() if content else b""
        return once_more_if_fast(
            lambda: self._send(call, path, body), within_seconds=RETRY_WITHIN_SECONDS
        )

    def _send(self, call: str, path: str, body: bytes) -> tuple[int, Any]:
        about = f"{call} {path}"
        headers = {"Till-Signature": wire.signature(self._secret, about, body, at=timezone.now())}
        try:
            with self._session.request(
                call,
                self.api_url + path,
                data=body,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as reply:
                text = read_bounded(reply, bytes_max=REPLY_BYTES_MAX)
        except requests.RequestException as error:
            raise ProviderError(f"no answer ({type(error).__name__})", retryable=True) from error
        if reply.status_code >= 500:
            raise ProviderError(f"HTTP {reply.status_code}", retryable=True)
        signed = reply.headers.get("Till-Signature", "")
        about = f"{reply.status_code} {about}"
        try:
            wire.check_signature(signed, self._secret, about, text, now=timezone.now())
        except NotificationRefusedError as error:
            raise wire.not_verified(reply.status_code, error.reason) from error
        with wire.understood():
            return reply.status_code, json.loads(text)


def slip_path(number: str) -> str:
    return f"/slips/{quote(number, safe='')}"


def refund_path(number: str, refund_number: str) -> str:
    return f"{slip_path(number)}/refunds/{quote(refund_number, safe='')}"
