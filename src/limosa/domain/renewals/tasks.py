"""The worker's periodic jobs for renewals."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.renewals.operations.remind_before_end import remind_before_end


@app.periodic(cron="*/10 * * * *")
@app.task(name="renewals.remind", queueing_lock="renewals.remind")
def remind(timestamp: int) -> None:
    """Remind people whose bundle ends soon."""
    remind_before_end(now=timezone.now())
