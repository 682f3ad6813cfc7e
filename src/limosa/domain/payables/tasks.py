"""The worker's periodic jobs for money at suppliers."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.payables.operations.fetch_due_statements import fetch_due_statements
from limosa.domain.payables.operations.watch_balance import watch_balance


@app.periodic(cron="7 * * * *")
@app.task(name="payables.watch_balances", queueing_lock="payables.watch_balances")
def watch_balances(timestamp: int) -> None:
    """Ask each supplier that tells it for our balance."""
    for code in settings.SUPPLIER_ADAPTERS:
        if capabilities_of(code).tells_balance:
            watch_balance(supplier_code=code, now=timezone.now())


@app.periodic(cron="29 * * * *")
@app.task(name="payables.fetch_statements", queueing_lock="payables.fetch_statements")
def fetch_statements(timestamp: int) -> None:
    """Fetch what suppliers charged on the days that are over."""
    fetch_due_statements(now=timezone.now())
