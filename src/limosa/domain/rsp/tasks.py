"""The worker's periodic job for downloads."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.rsp.operations.forget_downloads import forget_downloads


@app.periodic(cron="*/10 * * * *")
@app.task(name="rsp.forget_downloads", queueing_lock="rsp.forget_downloads")
def forget(timestamp: int) -> None:
    """Delete sessions that are over, and old notifications."""
    forget_downloads(now=timezone.now())
