"""A case is answered and closed in the console; what waits for us is told from what does not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import Subscriber
from limosa.domain.notifications.models import Notification
from limosa.domain.support.models import AuditEntry, Case
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operator(client: Client) -> Subscriber:
    person = make_operator(email="operator@example.com")
    sign_in_staff(client, person)
    return person


def record() -> list[tuple[str, str]]:
    return [(line.action, line.subject) for line in AuditEntry.objects.order_by("id")]


def page(client: Client, case: Case) -> str:
    return client.get(reverse("console:case", args=[case.number])).content.decode()


def answered(operator: Subscriber, **fields: object) -> Case:
    return make_case(answer="Try again.", answered_at=MOMENT, answered_by=operator, **fields)


def test_an_answer_is_sent_once_although_the_button_is_pressed_twice(client: Client) -> None:
    case = make_case(message="Where is <i>my</i> data?")
    shown = page(client, case)
    assert "Where is &lt;i&gt;my&lt;/i&gt; data?" in shown
    assert "word for word. Write in their language." in shown
    address = reverse("console:case", args=[case.number])
    for _ in range(2):
        said = client.post(address, {"do": "answer", "answer": "It <b>is</b> there."}, follow=True)
        assert "on its way to the customer" in said.content.decode()
    shown = page(client, case)
    assert "It &lt;b&gt;is&lt;/b&gt; there." in shown
    assert "Send the answer" not in shown
    assert [row.kind for row in Notification.objects.all()] == ["case_answered"]
    assert record() == [("answer_case", case.number)]


def test_a_second_answer_of_somebody_else_is_not_sent_and_they_are_told(
    client: Client, operator: Subscriber
) -> None:
    case = answered(operator)
    address = reverse("console:case", args=[case.number])
    said = client.post(address, {"do": "answer", "answer": "Other words."}, follow=True)
    assert "your answer was not sent" in said.content.decode()
    assert (record(), Notification.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [(" ", ("Please write an answer first.")), ("a" * 4001, "Please use fewer than 4000")],
)
def test_an_answer_that_cannot_be_sent_is_told(client: Client, answer: str, fault: str) -> None:
    case = make_case()
    address = reverse("console:case", args=[case.number])
    said = client.post(address, {"do": "answer", "answer": answer})
    assert (said.status_code, fault in said.content.decode()) == (422, True)
    assert record() == []


def test_a_case_is_closed_with_what_came_of_it(client: Client) -> None:
    case = make_case()
    address = reverse("console:case", args=[case.number])
    assert "Briefly describe the outcome" in client.post(address).content.decode()
    client.post(address, {"detail": "It had arrived.", "closing": "All is well."})
    case.refresh_from_db()
    assert case.closed_at is not None
    shown = page(client, case)
    assert "It had arrived." in shown
    assert "All is well." in shown
    assert record() == [("close_case", case.number)]


def test_what_waits_for_us_is_told_from_what_waits_for_the_person(
    client: Client, operator: Subscriber
) -> None:
    new, waits = make_case(), answered(operator)
    replied = answered(operator, reply="No.", replied_at=MOMENT)
    closed = make_case(closed_at=MOMENT + timedelta(days=1))
    cases = [new, waits, replied, closed]

    def listed(show: str) -> list[Case]:
        address = reverse("console:cases") if show != "today" else reverse("console:today")
        shown = client.get(address, {"show": show}).content.decode()
        return [case for case in cases if f">{case.number}</a>" in shown]

    assert listed("open") == listed("today") == [new, replied]
    assert listed("answered") == [waits]
    assert listed("all") == cases
