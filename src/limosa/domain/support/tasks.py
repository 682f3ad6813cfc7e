"""The worker's periodic jobs for staff."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.support.models import GuardKind
from limosa.domain.support.operations.run_guards import run_guards


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
