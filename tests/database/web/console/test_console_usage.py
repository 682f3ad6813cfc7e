"""Counts that are not believed stand on a page of their own, on Today, and with the person."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.charging.engine.reading import CONTRADICTIONS
from limosa.domain.charging.models import CallAllowance, UsageWatch
from limosa.domain.charging.operations.ask_usage import NOT_TOLD
from limosa.domain.support.models import AuditEntry
from limosa.foundation.volume import GB, MB
from limosa.web.console.usage_words import USAGE_PROBLEMS
from tests.factories import MOMENT
from tests.factories.accounts import sign_in_staff
from tests.factories.charging import make_reading, make_reserve, make_watch
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def supplier(settings: Settings) -> Iterator[None]:
    with wholesale_in(settings):
        yield


def in_doubt() -> UsageWatch:
    watch = make_watch(problem="total_differs", problem_at=MOMENT)
    make_reading(esim=watch.esim, used_bytes=GB, total_bytes=500 * GB, verdict="total_differs")
    return watch


def text_at(client: Client, page: str, *arguments: int) -> str:
    answer = client.get(reverse(page, args=arguments))
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def test_a_count_that_does_not_fit_stands_where_people_look(client: Client) -> None:
    sign_in_staff(client)
    watch = in_doubt()
    page = text_at(client, "console:usage")
    for text in (
        watch.esim.subscriber.email,
        "not as large as any bundle that we sold",
        "1 GB of 500 GB as of",
    ):
        assert text in page
    assert "1 count of use doesn't fit" in text_at(client, "console:today")
    person = text_at(client, "console:person", watch.esim.subscriber_id)
    assert "not as large as any bundle that we sold" in person
    assert "not counted by the supplier yet" in person
    UsageWatch.objects.update(problem="", problem_at=None)
    assert "None. Every count fits." in text_at(client, "console:usage")
    assert "of use doesn't fit" not in text_at(client, "console:today")


def test_a_supplier_that_falls_behind_or_does_not_answer_is_shown(client: Client) -> None:
    sign_in_staff(client)
    watch = make_watch(next_at=MOMENT - timedelta(days=300))
    assert "1 eSIM overdue, since" in text_at(client, "console:usage")
    CallAllowance.objects.create(
        supplier=watch.supplier, free_at=MOMENT, rests_until=MOMENT + timedelta(days=9999)
    )
    assert "no answer" in text_at(client, "console:usage")


def test_each_problem_has_its_words() -> None:
    assert USAGE_PROBLEMS.keys() == {verdict.value for verdict in CONTRADICTIONS} | {NOT_TOLD}


def test_a_count_that_was_reviewed_leaves_the_list_once(client: Client) -> None:
    sign_in_staff(client)
    watch = in_doubt()
    address = reverse("console:usage_reviewed", args=[watch.pk])
    seen = f'name="seen" value="{MOMENT.isoformat()}"'
    assert seen in client.get(reverse("console:usage")).content.decode()
    UsageWatch.objects.update(problem_at=MOMENT + timedelta(hours=1))
    page = client.post(address, {"seen": MOMENT.isoformat()}, follow=True).content.decode()
    assert "has changed since" in page
    assert not AuditEntry.objects.exists()
    later = (MOMENT + timedelta(hours=1)).isoformat()
    for _ in range(2):
        page = client.post(address, {"seen": later}, follow=True).content.decode()
        assert "None. Every count fits." in page
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == (
        "end_doubt",
        watch.esim.public_id,
        "total_differs",
    )


def test_a_reserve_is_shown_with_the_bundle_that_it_followed(client: Client) -> None:
    sign_in_staff(client)
    reserve = make_reserve(used_bytes=5 * MB)
    path = ("console:person", reserve.esim.subscriber_id)
    assert "reserve: 5 MB of 20 MB used" in text_at(client, *path)
    reserve.state, reserve.ended_at = "renewed", MOMENT
    reserve.save()
    assert "ended Nov 22" in text_at(client, *path)
