"""Metrics of the work that waits, as Prometheus reads them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from limosa.config.waiting_work import WaitingWork
from limosa.domain.notifications.models import AccountMail


def shown() -> dict[str, float]:
    """Return each metric that has no labels."""
    samples = [sample for metric in WaitingWork().collect() for sample in metric.samples]
    return {sample.name: sample.value for sample in samples if not sample.labels}


def mail(*, seconds_ago: int, is_waiting: bool) -> None:
    moment = timezone.now() - timedelta(seconds=seconds_ago)
    AccountMail.objects.create(
        recipient="a@example.com", content="{}", created_at=moment, useful_until=moment,
        next_mail_at=moment if is_waiting else None,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_mail_that_nobody_takes_is_counted_and_has_an_age() -> None:
    mail(seconds_ago=9000, is_waiting=False)
    assert shown()["limosa_mails_waiting"] == 0
    assert shown()["limosa_mail_oldest_seconds"] == 0
    mail(seconds_ago=600, is_waiting=True)
    mail(seconds_ago=60, is_waiting=True)
    assert shown()["limosa_mails_waiting"] == 2
    assert 600 <= shown()["limosa_mail_oldest_seconds"] < 700
