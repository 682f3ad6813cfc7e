"""The worker's periodic job for moves of eSIMs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.connectivity.operations.advance_next_move import advance_next_move

_MOVES_IN_A_JOB = 50


@app.periodic(cron="* * * * * */5")
@app.task(name="connectivity.advance_moves", queueing_lock="connectivity.advance_moves")
def advance_moves(timestamp: int) -> None:
    """Order the new profiles of moves, and retire those that are no longer needed."""
    for _ in range(_MOVES_IN_A_JOB):
        if not advance_next_move(now=timezone.now()):
            return
