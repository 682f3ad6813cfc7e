"""The worker's periodic jobs for bundles."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.esims.operations.advance_bundles import advance_bundles


@app.periodic(cron="* * * * * */15")
@app.task(name="esims.advance_bundles", queueing_lock="esims.advance_bundles")
def advance(timestamp: int) -> None:
    """End bundles whose time is over, and begin those whose time has come."""
    while advance_bundles(now=timezone.now()):
        pass
