"""The worker's periodic job for the track record."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.track_record.operations.measure_service import measure_service


@app.periodic(cron="27 * * * *")
@app.task(name="track_record.measure", queueing_lock="track_record.measure")
def measure(timestamp: int) -> None:
    """Measure the service of the last 30 days."""
    measure_service(now=timezone.now())
