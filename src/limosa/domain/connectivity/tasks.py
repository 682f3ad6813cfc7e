"""The worker's periodic jobs for profiles of our own network, and for moves of eSIMs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.connectivity.operations.advance_next_move import advance_next_move
from limosa.domain.connectivity.operations.forget_callbacks import forget_callbacks
from limosa.domain.connectivity.operations.pass_on_reports import pass_on_reports

_EVERY_FIVE_SECONDS = "* * * * * */5"
_REPORTS_AT_A_TIME = 100
_MOVES_IN_A_JOB = 50


@app.periodic(cron=_EVERY_FIVE_SECONDS)
@app.task(name="connectivity.pass_on_reports", queueing_lock="connectivity.pass_on_reports")
def pass_on(timestamp: int) -> None:
    """Take to eSIMs what cards reported, where the SM-DP+ could not do so at once."""
    while pass_on_reports(now=timezone.now(), most=_REPORTS_AT_A_TIME) == _REPORTS_AT_A_TIME:
        pass


@app.periodic(cron=_EVERY_FIVE_SECONDS)
@app.task(name="connectivity.advance_moves", queueing_lock="connectivity.advance_moves")
def advance_moves(timestamp: int) -> None:
    """Order the new profiles of moves, end moves that were waited for too long, and retire the
    profiles that are no longer needed."""
    for _ in range(_MOVES_IN_A_JOB):
        if not advance_next_move(now=timezone.now()):
            return


@app.periodic(cron="40 * * * *")
@app.task(name="connectivity.forget_callbacks", queueing_lock="connectivity.forget_callbacks")
def forget(timestamp: int) -> None:
    """Delete what callbacks said long ago."""
    forget_callbacks(now=timezone.now())
