"""The worker's periodic jobs for orders. Each calls one operation until nothing is due."""

from contextlib import suppress
from datetime import date

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.end_replaced_plans import end_replaced_plans
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.ordering.operations.reconcile_due import reconcile_due
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.payments.operations.save_methods import save_methods
from limosa.domain.payments.refusals import DayNotOverError
from limosa.foundation.errors import ProviderError, RemoteProtocolError

_EVERY_FIVE_SECONDS = "* * * * * */5"
_ORDERS_IN_A_JOB = 50


@app.periodic(cron=_EVERY_FIVE_SECONDS)
@app.task(name="ordering.poll_due_payments", queueing_lock="ordering.poll_due_payments")
def ask(timestamp: int) -> None:
    """Poll the providers about payments that they have not reported."""
    poll_due_payments(now=timezone.now())


@app.periodic(cron=_EVERY_FIVE_SECONDS)
@app.task(name="ordering.deliver_waiting", queueing_lock="ordering.deliver_waiting")
def deliver(timestamp: int) -> None:
    """Deliver what is paid and waiting; refund what has waited too long."""
    deliver_waiting_orders(now=timezone.now())


@app.task(name="ordering.supply")
def supply(timestamp: int) -> None:
    """Order from suppliers what is paid, and query what they have not answered.

    Two at a time, and no more: a supplier that hangs must not occupy every worker.
    """
    for _ in range(_ORDERS_IN_A_JOB):
        if not supply_next_order(clock=timezone.now):
            return


for _place in ("ordering.supply", "ordering.supply_too"):
    app.periodic(cron=_EVERY_FIVE_SECONDS, periodic_id=_place, lock=_place, queueing_lock=_place)(
        supply
    )


@app.periodic(cron=_EVERY_FIVE_SECONDS)
@app.task(name="ordering.push_refunds", queueing_lock="ordering.push_refunds")
def refund(timestamp: int) -> None:
    """Request or poll the refunds that are due."""
    push_refunds(now=timezone.now())


@app.periodic(cron=_EVERY_FIVE_SECONDS)
@app.task(name="ordering.end_replaced", queueing_lock="ordering.end_replaced")
def end_replaced(timestamp: int) -> None:
    """End the former plans of people who changed theirs and have installed the new eSIM."""
    end_replaced_plans(now=timezone.now())


@app.periodic(cron=_EVERY_FIVE_SECONDS)
@app.task(name="ordering.save_methods", queueing_lock="ordering.save_methods")
def save_wanted_methods(timestamp: int) -> None:
    """Save the cards and accounts that people asked to save."""
    save_methods(now=timezone.now())


@app.periodic(cron="17 * * * *")
@app.task(name="ordering.recognize_revenue", queueing_lock="ordering.recognize_revenue")
def earn(timestamp: int) -> None:
    """Recognize the revenue delivered since yesterday."""
    while recognize_revenue(now=timezone.now(), most=500) == 500:
        pass


@app.periodic(cron="41 * * * *")
@app.task(name="ordering.reconcile_due", queueing_lock="ordering.reconcile_due")
def reconcile_yesterday(timestamp: int) -> None:
    """Compare yesterday's settlements with the books, hourly until they are available."""
    reconcile_due(now=timezone.now())


@app.task(name="ordering.reconcile")
def reconcile_day(provider: str, day: str) -> None:
    """Compare a day's settlement because somebody asked for it; its row says how it went."""
    with suppress(DayNotOverError, ProviderError, RemoteProtocolError):
        reconcile(provider_code=provider, day=date.fromisoformat(day), now=timezone.now())
