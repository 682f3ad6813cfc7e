"""A person reads and replies to their own case; nobody else's is there."""

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import Case
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber
from tests.factories.ordering import make_order
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client: Client) -> Subscriber:
    signed_in = make_subscriber()
    client.force_login(signed_in)
    return signed_in


@pytest.fixture
def case(person: Subscriber) -> Case:
    return make_case(
        order=make_order(subscriber=person),
        message="Where is <script>it</script>?",
        answer="There.\n\nLook <b>again</b>.",
        answered_at=MOMENT,
        answered_by=make_operator(),
    )


def address(case: Case) -> str:
    return reverse("case", args=[case.number])


def test_a_case_shows_question_and_answer_escaped_and_takes_one_reply(
    client: Client, case: Case
) -> None:
    shown = client.get(address(case)).content.decode()
    assert "Where is &lt;script&gt;it&lt;/script&gt;?" in shown
    assert "Look &lt;b&gt;again&lt;/b&gt;." in shown
    for _ in range(2):
        said = client.post(address(case), {"reply": "I <i>see</i>."}, follow=True).content.decode()
        assert "Your reply has been sent." in said
        assert "I &lt;i&gt;see&lt;/i&gt;." in said
        assert "Send the reply" not in said
    other = client.post(address(case), {"reply": "But"}, follow=True).content.decode()
    assert "You can&#x27;t reply to this case" in other
    case.refresh_from_db()
    assert case.reply == "I <i>see</i>."


@pytest.mark.parametrize(
    ("reply", "fault"), [("  ", "Please write your reply first."), ("a" * 2001, "at most 2000")]
)
def test_a_reply_that_cannot_be_kept_is_told(
    client: Client, case: Case, reply: str, fault: str
) -> None:
    said = client.post(address(case), {"reply": reply})
    assert (said.status_code, fault in said.content.decode()) == (400, True)
    case.refresh_from_db()
    assert case.reply == ""


@pytest.mark.parametrize("make", [make_subscriber, make_operator])
def test_a_case_of_somebody_else_is_not_there(client: Client, case: Case, make: object) -> None:
    client.force_login(make())  # type: ignore[operator]
    assert client.get(address(case)).status_code == 404
    assert client.post(address(case), {"reply": "Mine"}).status_code == 404
    case.refresh_from_db()
    assert case.reply == ""


def test_a_stranger_is_asked_to_sign_in(client: Client, case: Case) -> None:
    client.logout()
    assert client.get(address(case)).headers["Location"].startswith("/accounts/login/")


def test_the_orders_page_leads_to_the_case_with_its_state(client: Client, case: Case) -> None:
    shown = client.get(reverse("order", args=[case.order.number])).content.decode()
    assert address(case) in shown
    assert "Answered" in shown


def test_a_guest_reads_neither_the_case_nor_what_the_owner_wrote(
    client: Client, case: Case
) -> None:
    client.logout()
    session = client.session
    session["guest_orders"] = [case.order.number]
    session.save()
    order_page = client.get(reverse("order", args=[case.order.number])).content.decode()
    assert address(case) not in order_page
    said = client.post(reverse("help", args=[case.order.number]), {"message": "From a guest"})
    shown = said.content.decode()
    assert "From a guest" in shown
    assert "Where is" not in shown
    assert address(case) not in shown
    case.refresh_from_db()
    assert "From a guest" not in case.message + case.reply
    assert Case.objects.get(by_guest=True).message == "From a guest"
    assert client.get(address(case)).status_code == 302
