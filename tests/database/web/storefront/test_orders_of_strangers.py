"""What strangers do for an eSIM whose number they know is theirs to all who read of it."""

from dataclasses import replace

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from limosa.domain.esims.links import make_number_token, read_number_token
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.wording import texts_for
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.queries import order_trace
from limosa.domain.support.models import Case
from limosa.domain.support.operations.answer_case import answer_case
from limosa.domain.support.operations.close_case import close_case
from limosa.domain.track_record.engine.measures import Measure
from limosa.domain.track_record.operations.measure_service import measure_service
from tests.database.web.storefront.shop import ChannelInHand, Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(shop: Shop) -> Shop:
    """The same shop, seen by somebody who has only the eSIM's number."""
    return replace(shop, client=Client())


def by_number(shop: Shop) -> str:
    return f"/renew/{make_number_token(esim_public_id=shop.esim.public_id)}/"


def placed(stranger: Shop) -> Order:
    path = by_number(stranger)
    stranger.client.post(path, press_pay(stranger, path))
    return Order.objects.latest("id")


def paid(stranger: Shop, channel: type[ChannelInHand]) -> Order:
    order = placed(stranger)
    channel.is_paid = True
    stranger.client.post(reverse("check_payment", args=[order.number]))
    order.refresh_from_db()
    assert order.paid_at
    return order


def test_a_strangers_question_is_never_the_owners(shop: Shop, stranger: Shop) -> None:
    order = placed(stranger)
    stranger.client.post(reverse("help", args=[order.number]), {"message": "Give me the code"})
    case = Case.objects.get()
    shown = text_of(shop.client.get(reverse("case", args=[case.number])))
    assert "Somebody not signed in" in shown
    assert "You ·" not in shown
    shop.client.post(reverse("help", args=[order.number]), {"message": "I did not order"})
    own = Case.objects.get(by_guest=False)
    assert (own.message, own.pk != case.pk) == ("I did not order", True)
    assert "You ·" in text_of(shop.client.get(reverse("case", args=[own.number])))  # The control.
    staff = Client()
    sign_in_staff(staff, make_operator())
    page = text_of(staff.get(f"/console/cases/{case.number}/"))
    assert "Message of somebody not signed in" in page
    assert "number, not signed in" in page
    assert "The customer's message" in text_of(staff.get(f"/console/cases/{own.number}/"))
    assert "number, not signed in" in text_of(staff.get(f"/console/orders/{order.number}/"))
    history = text_of(staff.get(f"/console/people/{shop.person.pk}/"))
    assert "not signed in · Give me the code" in history
    assert "I did not order" in history
    assert "not signed in · I did not order" not in history
    assert [line["by"] for line in order_trace(order=order) if line["what"] == "placed"] == [
        "number"
    ]


def test_the_owner_does_not_reply_in_a_strangers_case(shop: Shop, stranger: Shop) -> None:
    order = placed(stranger)
    stranger.client.post(reverse("help", args=[order.number]), {"message": "Where is it?"})
    case = Case.objects.get()
    answer_case(case_number=case.number, answer="Soon.", actor=make_operator(), now=MOMENT)
    path = reverse("case", args=[case.number])
    assert "Your reply" not in text_of(shop.client.get(path))
    shop.client.post(path, {"reply": "It was not me."})
    case.refresh_from_db()
    assert case.reply == ""


def test_what_is_written_about_a_strangers_case_says_whose_it_is(
    shop: Shop, stranger: Shop
) -> None:
    staff = make_operator()
    order = placed(stranger)
    ask = reverse("help", args=[order.number])
    stranger.client.post(ask, {"message": "Where is it?"})
    case = Case.objects.get()
    answer_case(case_number=case.number, answer="Soon.", actor=staff, now=MOMENT)
    stranger.client.post(ask, {"message": "Still nothing."})
    close_case(case_number=case.number, closing="Done.", detail="", actor=staff, now=MOMENT)
    told = {
        (row.kind, row.parameters.get("is_reply")): " ".join(texts_for(row))
        for row in Notification.objects.exclude(kind__startswith="payment")
    }
    for kind in (
        ("case_answered", None),
        ("case_closed", None),
        ("case_news", False),
        ("case_news", True),
    ):
        assert "omebody who " in told[kind], kind
        assert "our case" not in told[kind], kind


def test_strangers_questions_are_not_counted_as_answered(shop: Shop, stranger: Shop) -> None:
    order = placed(stranger)
    for client in (stranger.client, shop.client):
        client.post(reverse("help", args=[order.number]), {"message": "Where is it?"})
    facts = {fact.measure: fact.count for fact in measure_service(now=MOMENT)}
    assert Case.objects.count() == 2
    assert facts[Measure.ANSWERED.value] == 1


def test_the_receipt_does_not_say_that_the_owner_paid(
    shop: Shop, stranger: Shop, channel: type[ChannelInHand]
) -> None:
    page = text_of(shop.client.get(reverse("receipt", args=[paid(stranger, channel).number])))
    assert "not known: paid without signing in" in page
    assert "For the eSIM of" in page


def test_what_strangers_leave_unpaid_is_not_among_the_owners_orders(
    shop: Shop, stranger: Shop, channel: type[ChannelInHand]
) -> None:
    order = placed(stranger)
    for path in ("/", "/orders/"):
        assert order.number not in text_of(shop.client.get(path))
    channel.is_paid = True
    stranger.client.post(reverse("check_payment", args=[order.number]))
    for path in ("/", "/orders/"):
        page = text_of(shop.client.get(path))
        assert order.number in page
        assert "placed without signing in" in page


def test_who_finds_three_unpaid_orders_is_told_what_to_do(shop: Shop, stranger: Shop) -> None:
    for _ in range(3):
        placed(replace(stranger, client=Client()))
    path = by_number(shop)
    said = stranger.client.post(path, press_pay(stranger, path))
    assert said.status_code == 409
    page = text_of(said)
    for words in ("perhaps by others", "half an hour", "sign in to renew", "renewal link"):
        assert words in page


def test_whether_plans_wait_is_not_told(
    shop: Shop, stranger: Shop, channel: type[ChannelInHand]
) -> None:
    path = by_number(stranger)
    assert "After what the eSIM has" in text_of(stranger.client.get(path))
    paid(stranger, channel)
    page = text_of(stranger.client.get(path))
    assert "After what the eSIM has" in page
    assert "queued" not in page
    assert "queued" in text_of(shop.client.get(shop.renew_path))  # The control.


def test_neither_the_page_nor_its_address_tells_where_the_owner_lives_or_the_esims_id(
    shop: Shop, stranger: Shop
) -> None:
    assert "Beijing" in text_of(shop.client.get(shop.renew_path))  # The control.
    path = by_number(stranger)
    assert "Beijing" not in text_of(stranger.client.get(path))
    token = path.split("/")[2]
    assert read_number_token(token) == shop.esim.public_id
    assert shop.esim.public_id not in path
    assert signing.b64_decode(token.split(":")[0].encode()).decode().count(".") == 2
    assert shop.esim.public_id not in signing.b64_decode(token.split(":")[0].encode()).decode()


@pytest.mark.django_db(transaction=True)
def test_only_what_could_be_a_number_is_counted_and_the_limit_shows_the_ways_out(
    shop: Shop,
) -> None:
    client = Client(REMOTE_ADDR="203.0.113.7")
    for typed in ["", "12345", "https://limosa.example/r/x/"] * 8:
        assert client.post("/renew/", {"number": typed}).status_code in {302, 400}
    for number in range(20):
        typed = f"89012345678901{number:05}"
        assert client.post("/renew/", {"number": typed}).status_code == 400
    stopped = client.post("/renew/", {"number": shop.esim.iccid})
    assert stopped.status_code == 429
    page = stopped.content.decode()
    assert reverse("account_login") in page
    assert 'href="/renew/"' in page
    link = client.post("/renew/", {"number": "https://limosa.example/r/x/"})
    assert link["Location"] == "/r/x/"


def test_the_owner_is_led_to_their_own_page(shop: Shop) -> None:
    said = shop.client.post("/renew/", {"number": shop.esim.iccid})
    assert shop.client.get(said["Location"])["Location"] == shop.renew_path


def test_a_page_pressed_in_several_browsers_places_one_order(stranger: Shop) -> None:
    path = by_number(stranger)
    fields = press_pay(stranger, path)
    for _ in range(3):
        assert Client().post(path, fields).status_code == 302
    assert Order.objects.count() == 1
    Client().post(path, press_pay(stranger, path))  # The control: another page.
    assert Order.objects.count() == 2


def test_who_comes_back_in_another_browser_is_told_nothing_of_the_order(stranger: Shop) -> None:
    order = placed(stranger)
    there = Client().get(reverse("order_return", args=[order.number]))
    nowhere = Client().get(reverse("order_return", args=["L-NONE0000"]))
    assert "your payment is being processed" in text_of(there)
    assert order.number not in text_of(there)
    assert there.content == nowhere.content
