"""A process beside the servers that orders, and that looks into the books. One JSON line each.

`order SUPPLIER` → {"order": …, "payment": …}; `hurry NUMBER`: the payment is asked for now;
`hurry_supply NUMBER`: so is the order at its supplier, as if a lease had ended;
`supplied NUMBER` → how many orders the supplier has of it; `state NUMBER` → that of an order;
`look NUMBER` → all that became of it.
"""

# ruff: noqa: E402, T201 -- Django is set up before its models are imported; it answers in print.

import json
import sys
from contextlib import suppress
from datetime import timedelta

import django

django.setup()

from django.db import connection
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.models import JournalEntry
from limosa.domain.ledger.queries import balance_of, trial_balance
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering import tasks
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import Payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from tests.factories.catalog import make_plan, make_rates, make_supplier
from tests.factories.esims import make_bundle, make_esim
from tests.scenario.crashes.wholesale import Wholesale


def order(supplier: str = "own_network") -> dict[str, str]:
    now = timezone.now()
    sold_by = make_supplier(supplier)
    bundle = make_bundle(esim=make_esim(supplier=sold_by), created_at=now - timedelta(days=10))
    quote = make_quote(
        subscriber=bundle.subscriber,
        esim=bundle.esim,
        plan_code=make_plan(supplier=sold_by).code,
        start_rule=StartRule.AFTER_CURRENT,
        now=now,
    )
    placed = place_order(quote=quote, now=now)
    payment = start_payment(
        order=placed,
        choice=PaymentMethodChoice(provider="wechatpay", method="native"),
        payer=Payer(ip="127.0.0.1"),
        now=now,
    )
    return {"order": placed.number, "payment": payment.number}


def hurry(number: str) -> dict[str, bool]:
    Payment.objects.filter(number=number, applied_at=None).update(next_poll_at=timezone.now())
    with suppress(AlreadyEnqueued):
        # The worker hears of it now, not at its next five seconds.
        tasks.ask.defer(timestamp=0)  # type: ignore[call-arg]
    return {"hurried": True}


def hurry_supply(number: str) -> dict[str, bool]:
    waiting = Supply.objects.filter(order_number=number, next_at__isnull=False)
    return {"hurried": bool(waiting.update(next_at=timezone.now()))}


def supplied(number: str) -> dict[str, int]:
    return {"orders": len(Wholesale().orders_of(number))}


def state(number: str) -> dict[str, str]:
    return {"state": Order.objects.values_list("state", flat=True).get(number=number)}


def look(number: str) -> dict[str, object]:
    payment = Payment.objects.get(order_number=number)
    totals: dict[str, int] = {}
    for row in trial_balance():
        totals[row.currency] = totals.get(row.currency, 0) + row.balance_minor
    return {
        "state": Order.objects.get(number=number).state,
        "bundles": Bundle.objects.filter(order_number=number).count(),
        "entries": JournalEntry.objects.filter(key=f"payment:{payment.number}").count(),
        "messages": Notification.objects.filter(key=f"credited:{number}").count(),
        "unbalanced": [currency for currency, total in totals.items() if total],
        "clearing_minor": balance_of(code="clearing:wechatpay:CNY"),
    }


def main() -> None:
    make_rates(timezone.now().date())
    print(json.dumps({"ready": True}), flush=True)
    commands = {
        "order": order,
        "hurry": hurry,
        "hurry_supply": hurry_supply,
        "supplied": supplied,
        "state": state,
        "look": look,
    }
    for line in sys.stdin:
        name, *arguments = line.split()
        print(json.dumps(commands[name](*arguments)), flush=True)  # type: ignore[operator]
        connection.close()  # The database may be killed before the next one.


if __name__ == "__main__":
    main()
