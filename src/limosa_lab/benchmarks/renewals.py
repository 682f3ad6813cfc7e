"""The work of `limosa bench renew`: one process that renews, one eSIM after another.

A renewal here is a quote, an order, a payment, and the notification of its success: signed as
WeChat Pay does, verified, credited, written to the journal. The answer to "create a payment" is
faked in the process: that time is WeChat's.
"""

import itertools
import json
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from limosa.domain.esims.models import Esim
from limosa.domain.ordering.models import StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import Payment
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import Payer, PaymentMethodChoice, Started
from limosa.simulators.payment_gateway.wechatpay import crypto

PROVIDER = "wechatpay"
PLAN = "bench-month"


@dataclass(slots=True)
class Measured:
    """One process's measurements. Times in seconds; `credit_seconds`: notification to answer."""

    renewals: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    sql_statements: int = 0
    sql_seconds: float = 0.0
    credit_seconds: list[float] = field(default_factory=list)
    stage_seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Renewer:
    """Renews the eSIMs of one process's share."""

    def __init__(self, *, esim_ids: list[int], platform_key: RSAPrivateKey) -> None:
        self._esims = itertools.cycle(
            list(Esim.objects.filter(pk__in=esim_ids).select_related("subscriber"))
        )
        self._platform_key = platform_key
        self.measured = Measured()
        # The provider's own time is not ours to measure.
        vars(provider_for(PROVIDER))["create"] = lambda request: Started(
            f"weixin://{request.number}"
        )

    def run(self, *, seconds: float, per_second: float | None = None) -> Measured:
        """Renew for a time: as fast as possible, or at a fixed pace (open loop)."""
        self.measured = Measured()
        started, cpu_started = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(self._count_statement):
            for turn in itertools.count():
                due = started + (turn / per_second if per_second else 0)
                if (per_second and due - started > seconds) or (
                    not per_second and time.perf_counter() - started > seconds
                ):
                    break
                time.sleep(max(due - time.perf_counter(), 0))
                self.renew()
        self.measured.wall_seconds = time.perf_counter() - started
        self.measured.cpu_seconds = time.process_time() - cpu_started
        return self.measured

    def renew(self) -> None:
        """Make one renewal and check that the product acknowledged it."""
        esim = next(self._esims)
        now = timezone.now()
        # One transaction for both, as when a person submits the checkout.
        with self._stage("quote and order"), transaction.atomic():
            quote = make_quote(
                subscriber=esim.subscriber,
                esim=esim,
                plan_code=PLAN,
                start_rule=StartRule.AFTER_CURRENT,
                now=now,
            )
            order = place_order(quote=quote, now=now)
        with self._stage("payment"):
            payment = start_payment(
                order=order,
                choice=PaymentMethodChoice(provider=PROVIDER, method="native"),
                payer=Payer(ip="127.0.0.1"),
                now=now,
            )
        with self._stage("signing, which is WeChat's"):
            headers, body = self._notification(payment)
        started = time.perf_counter()
        with self._stage("notification to credit"):
            result = receive_notification(
                provider_code=PROVIDER, headers=headers, body=body, now=timezone.now()
            )
        if result != "paid":
            raise RuntimeError(f"a notification became {result}")
        self.measured.credit_seconds.append(time.perf_counter() - started)
        self.measured.renewals += 1

    def _notification(self, payment: Payment) -> tuple[dict[str, str], bytes]:
        account = settings.PROVIDER_SETTINGS["wechatpay"]
        paid_at = (payment.created_at + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S+08:00")
        resource = {
            "mchid": account["mchid"],
            "appid": account["appid"],
            "out_trade_no": payment.number,
            "transaction_id": uuid.uuid4().hex[:28],
            "trade_type": "NATIVE",
            "trade_state": "SUCCESS",
            "success_time": paid_at,
            "amount": {
                "total": payment.amount_minor,
                "payer_total": payment.amount_minor,
                "currency": payment.currency,
                "payer_currency": payment.currency,
            },
        }
        encrypted = crypto.seal(
            json.dumps(resource).encode(),
            apiv3_key=account["apiv3_key"],
            associated_data="transaction",
        )
        envelope = {
            "id": str(uuid.uuid4()),
            "create_time": paid_at,
            "resource_type": "encrypt-resource",
            "event_type": "TRANSACTION.SUCCESS",
            "summary": "支付成功",
            "resource": encrypted | {"original_type": "transaction"},
        }
        body = json.dumps(envelope).encode()
        timestamp, nonce = str(int(time.time())), uuid.uuid4().hex  # noqa: TID251
        message = crypto.reply_message(timestamp, nonce, body)
        return {
            "wechatpay-timestamp": timestamp,
            "wechatpay-nonce": nonce,
            "wechatpay-serial": account["public_key_id"],
            "wechatpay-signature": crypto.sign(self._platform_key, message),
        }, body

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.measured.stage_seconds[name] += time.perf_counter() - started

    def _count_statement(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.measured.sql_seconds += time.perf_counter() - started
            self.measured.sql_statements += 1
