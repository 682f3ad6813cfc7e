"""The worker's periodic jobs for staff."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.support.models import GuardKind
from limosa.domain.support.operations.ask_for_price_list import SYNC_TASK, ask_for_price_list
from limosa.domain.support.operations.change_pricing import REPRICE_TASK
from limosa.domain.support.operations.follow_refusals import follow_refusals
from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.support.operations.run_guards import run_guards
from limosa.domain.support.operations.stop_refused_sales import stop_refused_sales
from limosa.domain.support.operations.sync_price_list import sync_price_list
from limosa.domain.wholesale.price_lists import suppliers_with_lists


@app.periodic(cron="53 * * * *")
@app.task(name="support.run_guards", queueing_lock="support.run_guards")
def look_at_the_books(timestamp: int) -> None:
    """Check whether the books are right."""
    run_guards(now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="support.watch_supplies", queueing_lock="support.watch_supplies")
def watch_supplies(timestamp: int) -> None:
    """Notify staff promptly of what they have to find out at a supplier."""
    run_guards(now=timezone.now(), kinds=[GuardKind.SUPPLY])


@app.periodic(cron="* * * * *")
@app.task(name="support.follow_refusals", queueing_lock="support.follow_refusals")
def follow_refusals_up(timestamp: int) -> None:
    """Ask suppliers again for what they just refused orders by: prices, and our balance. What
    one refuses for good goes off sale."""
    stop_refused_sales(now=timezone.now())
    follow_refusals(now=timezone.now())


@app.task(name=SYNC_TASK, lock=SYNC_TASK)
def sync_price_list_now(sheet_id: int) -> None:
    """Fetch a supplier's price list; one at a time, since it may take minutes."""
    sync_price_list(sheet_id=sheet_id, clock=timezone.now)


@app.periodic(cron="17 9 * * *")
@app.task(name="support.fetch_price_lists", queueing_lock="support.fetch_price_lists")
def fetch_price_lists(timestamp: int) -> None:
    """Have each supplier's price list fetched that can be."""
    for code in suppliers_with_lists():
        ask_for_price_list(supplier_code=code, actor=None, now=timezone.now())


@app.task(name=REPRICE_TASK, lock=REPRICE_TASK)
def reprice_all_plans() -> None:
    """Find out what changed rules mean for the plans on sale."""
    reprice_plans(now=timezone.now())
