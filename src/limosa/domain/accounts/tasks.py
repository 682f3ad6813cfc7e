"""The worker's periodic jobs about accounts."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.accounts.operations.delete_what_is_over import delete_what_is_over
from limosa.domain.accounts.operations.forget_address_changes import forget_address_changes


@app.periodic(cron="23 * * * *")
@app.task(name="accounts.forget_changes", queueing_lock="accounts.forget_changes")
def forget_changes(timestamp: int) -> None:
    """Delete addresses that can no longer be restored."""
    forget_address_changes(now=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(name="accounts.delete_what_is_over", queueing_lock="accounts.delete_what_is_over")
def delete_over(timestamp: int) -> None:
    """Delete expired sessions, counts of attempts and devices."""
    delete_what_is_over(now=timezone.now())
