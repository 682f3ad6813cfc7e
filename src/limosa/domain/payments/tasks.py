"""The worker's periodic jobs for saved methods."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.payments.operations.tell_forgotten_methods import tell_forgotten_methods


@app.periodic(cron="* * * * *")
@app.task(name="payments.tell_forgotten", queueing_lock="payments.tell_forgotten")
def tell_forgotten(timestamp: int) -> None:
    """Delete at their providers the methods that a password reset removed here."""
    tell_forgotten_methods(now=timezone.now())
