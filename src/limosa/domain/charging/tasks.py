"""The worker's periodic jobs for use that suppliers count, and for reserves."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.charging.operations.expire_reserves import expire_reserves
from limosa.domain.charging.operations.grant_due_reserves import grant_due_reserves
from limosa.domain.charging.operations.warn_of_low_data import warn_of_low_data
from limosa.domain.charging.operations.watch_open_bundles import watch_open_bundles
from limosa.domain.charging.rounds import ask_what_is_due

CALLS_AT_A_TIME = 4
_WARNED_AT_A_TIME = 200


@app.task(name="charging.ask_usage")
def ask(timestamp: int) -> None:
    """Ask suppliers for the use that is due, while they take calls.

    Two at a time, and no more, with a few calls each: a supplier that hangs must not occupy every
    worker.
    """
    ask_what_is_due(clock=timezone.now, calls_at_a_time=CALLS_AT_A_TIME)


for _place in ("charging.ask_usage", "charging.ask_usage_too"):
    app.periodic(cron="* * * * * */5", periodic_id=_place, lock=_place, queueing_lock=_place)(ask)


@app.periodic(cron="*/10 * * * *")
@app.task(name="charging.watch_open_bundles", queueing_lock="charging.watch_open_bundles")
def watch(timestamp: int) -> None:
    """Have the use of eSIMs asked for that nobody asks for yet."""
    while watch_open_bundles(now=timezone.now()):
        pass


@app.periodic(cron="* * * * * */15")
@app.task(name="charging.turn_reserves", queueing_lock="charging.turn_reserves")
def turn_reserves(timestamp: int) -> None:
    """End the reserves whose time is over, and grant those that are due."""
    now = timezone.now()
    while expire_reserves(now=now):
        pass
    while grant_due_reserves(now=now):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="charging.warn_of_low_data", queueing_lock="charging.warn_of_low_data")
def warn(timestamp: int) -> None:
    """Warn people whose data may run low by now."""
    while warn_of_low_data(now=timezone.now(), most=_WARNED_AT_A_TIME) == _WARNED_AT_A_TIME:
        pass
