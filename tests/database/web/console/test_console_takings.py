"""Takings are one thing: Today and the cash flow show the same sums."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from limosa.web.console.cash_flow import cash_flow
from limosa.web.console.takings import takings
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db


def test_today_and_the_cash_flow_call_the_same_money_takings() -> None:
    now = timezone.now()
    paid: dict[str, Any] = {"state": "succeeded", "created_at": now - timedelta(minutes=5)}
    make_payment(**paid)
    make_payment(**paid, pays_order=False, problem="late")
    make_payment(**paid, refunded_minor=17862)
    make_payment(**paid, provider="stripe", currency="USD", amount_minor=2500)
    make_payment(**paid, provider="wallet", currency="USD", amount_minor=2500)
    make_payment()
    today = {
        chart.currency: chart.total.amount_minor for chart in takings(time_zone="UTC", now=now)
    }
    flows: dict[str, int] = {}
    for flow in cash_flow(days=14, time_zone="UTC", now=now):
        flows[flow.currency] = flows.get(flow.currency, 0) + flow.taken.amount_minor
    assert today == flows == {"CNY": 3 * 17862, "USD": 2500}
