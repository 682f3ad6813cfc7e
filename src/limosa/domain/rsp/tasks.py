"""The worker's periodic jobs for downloads."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.rsp.engine.telling import PROGRESS_QUEUE
from limosa.domain.rsp.operations.expire_orders import expire_orders
from limosa.domain.rsp.operations.forget_downloads import forget_downloads
from limosa.domain.rsp.telling import tell_progress

# After this long a round makes room for other jobs; the next one continues.
_ROUND = timedelta(seconds=30)


@app.periodic(cron="*/10 * * * *")
@app.task(name="rsp.forget_downloads", queueing_lock="rsp.forget_downloads")
def forget(timestamp: int) -> None:
    """Delete sessions that are over, and old notifications."""
    forget_downloads(now=timezone.now())


@app.periodic(cron="* * * * * */5")
@app.task(name="rsp.tell_progress", queue=PROGRESS_QUEUE, queueing_lock="rsp.tell_progress")
def tell(timestamp: int) -> None:
    """Tell operators how the downloads of their orders go."""
    tell_progress(until=timezone.now() + _ROUND, clock=timezone.now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="rsp.expire_orders", queueing_lock="rsp.expire_orders")
def expire(timestamp: int) -> None:
    """Close orders that nobody downloaded in their time."""
    expire_orders(now=timezone.now())
