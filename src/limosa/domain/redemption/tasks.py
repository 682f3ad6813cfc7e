"""The worker's periodic job for codes."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.redemption.operations.continue_changes import continue_changes

# After this long it makes room for other jobs; the next one continues.
_ROUND = timedelta(seconds=30)


@app.periodic(cron="* * * * * */5")
@app.task(name="redemption.continue", queueing_lock="redemption.continue", lock="redemption")
def work(timestamp: int) -> None:
    """Make, activate, void and expire codes as asked."""
    continue_changes(clock=timezone.now, until=timezone.now() + _ROUND)
