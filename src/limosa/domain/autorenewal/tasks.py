"""The worker's periodic jobs for renewals that take care of themselves."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.autorenewal.operations.look_after_next import look_after_next
from limosa.domain.autorenewal.operations.wake_for_changed_plans import wake_for_changed_plans
from limosa.domain.autorenewal.operations.wake_for_low_data import wake_for_low_data
from limosa.domain.autorenewal.operations.wake_for_new_bundles import wake_for_new_bundles

# After this long a round makes room for other jobs; the next one continues.
_ROUND = timedelta(seconds=30)


@app.task(name="autorenewal.look_after")
def look(timestamp: int) -> None:
    """Look after the automatic renewals that are due.

    Two at a time, and no more: a provider that hangs must not occupy every worker.
    """
    end = timezone.now() + _ROUND
    while timezone.now() < end and look_after_next(now=timezone.now()):
        pass


for _place in ("autorenewal.look_after", "autorenewal.look_after_too"):
    app.periodic(cron="* * * * * */5", periodic_id=_place, lock=_place, queueing_lock=_place)(look)


@app.periodic(cron="* * * * * */5")
@app.task(name="autorenewal.wake", queueing_lock="autorenewal.wake")
def wake(timestamp: int) -> None:
    """Look at what got a new bundle, whose plan was changed, and at what runs low on data."""
    wake_for_new_bundles(now=timezone.now())
    wake_for_changed_plans(now=timezone.now())
    while wake_for_low_data(now=timezone.now()):
        pass
