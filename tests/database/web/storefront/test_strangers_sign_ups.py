"""Whatever strangers type, the owner of an address gets in, and their mailbox is not filled."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import SecurityEvent, SecurityEventKind
from limosa.domain.notifications.models import AccountMail
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.accounts import make_subscriber
from tests.letters import code_in, letters, path_in

pytestmark = pytest.mark.django_db

LIN, MAL = "lin@example.com", "mal@example.com"
PASSWORD, ANOTHER = "tidal-godwit-7", "godwit-tidal-8"
CODE_PAGE = "/accounts/confirm-email/"


def sign_up(email: str = LIN, *, address: str = "192.0.2.7") -> Client:
    client = Client(REMOTE_ADDR=address)
    answer = client.post(reverse("account_signup"), {"email": email, "password1": ANOTHER})
    assert answer["Location"] == CODE_PAGE
    return client


def sign_in(password: str, email: str = LIN, *, address: str = "203.0.113.9") -> HttpResponse:
    client = Client(REMOTE_ADDR=address)
    form = {"login": email, "password": password}
    return client.post(reverse("account_login"), form)  # type: ignore[return-value]


def ask_for_link(client: Client, email: str = LIN) -> int:
    return int(client.post(reverse("account_reset_password"), {"email": email}).status_code)


def choose_password(path: str, *, address: str = "203.0.113.9") -> Client:
    """Set the owner's password by the link of a mail, on a device that nobody knows."""
    client = Client(REMOTE_ADDR=address)
    page = client.get(path, follow=True)
    new = {"password1": PASSWORD, "password2": PASSWORD}
    client.post(page.redirect_chain[-1][0], new)
    return client


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/settings/").status_code == 200)


def reset_link() -> str:
    return path_in(letters(LIN)[-1], part="/reset/key/")


def test_sign_ups_by_strangers_do_not_keep_the_owner_out_after_a_reset() -> None:
    sign_up()
    ask_for_link(Client())
    owner = choose_password(reset_link())
    assert is_signed_in(owner)
    for number in range(3):
        sign_up(address=f"198.51.100.{number}")
        assert sign_in(PASSWORD)["Location"] == "/"
    kinds = SecurityEvent.objects.values_list("kind", flat=True)
    assert SecurityEventKind.ADDRESS_CONFIRMED in kinds


def test_after_a_strangers_sign_up_the_owners_own_leads_in_by_the_mail_that_it_causes() -> None:
    sign_up()
    sign_up(address="203.0.113.9")
    assert is_signed_in(choose_password(reset_link()))


def test_a_password_alone_never_opens_what_was_not_confirmed_and_tells_nobody_so() -> None:
    make_subscriber(email=MAL, password=PASSWORD)
    answers = []
    for email in (LIN, MAL):
        sign_up(email)
        answer = sign_in(ANOTHER, email)
        token = str(answer.context["csrf_token"])  # type: ignore[attr-defined]
        said = text_of(answer).replace(token, "").replace(email, "")
        answers.append((answer.status_code, said))
    assert answers[0] == answers[1]
    assert "is incorrect" in answers[0][1]
    assert len(letters(LIN)) == 1


def test_the_session_that_signed_up_is_led_to_its_code_by_the_sign_in_page() -> None:
    client = sign_up()
    assert client.get(reverse("account_login"))["Location"] == CODE_PAGE
    client.post(CODE_PAGE, {"code": code_in(letters(LIN)[0])})
    assert is_signed_in(client)


def test_strangers_cause_five_mails_a_day_at_most_and_one_a_minute_of_a_kind(
    clock: time_machine.Traveller,
) -> None:
    make_subscriber(email=LIN, password=PASSWORD)
    for number in range(10):
        assert ask_for_link(Client(REMOTE_ADDR=f"198.51.100.{number}")) == 302
    assert len(letters(LIN)) == 1
    for number in range(40):
        clock.shift(timedelta(minutes=2))
        sign_up(address=f"198.51.100.{number}")
        ask_for_link(Client(REMOTE_ADDR=f"198.51.100.{number}"))
    assert len(letters(LIN)) == 5
    assert is_signed_in(choose_password(reset_link()))  # Each of them leads in.


def test_a_day_of_strangers_leaves_a_link_that_leads_in_whatever_they_type(
    clock: time_machine.Traveller,
) -> None:
    """Members of ours change to the address again and again, and somebody asks for a reset."""
    for number in range(4):
        member = make_subscriber(email=f"m{number}@example.com", password=PASSWORD)
        client = Client()
        client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        client.post(reverse("account_email"), {"action_add": "", "email": LIN})
        ask_for_link(Client(REMOTE_ADDR=f"198.51.100.{number}"))
        clock.shift(timedelta(minutes=2))
    assert len(letters(LIN)) == 4
    sign_up()
    ask_for_link(Client())
    assert is_signed_in(choose_password(reset_link()))


def test_a_known_device_of_the_owner_gets_its_link_whatever_strangers_did(
    clock: time_machine.Traveller,
) -> None:
    make_subscriber(email=LIN, password=PASSWORD)
    own = Client()
    own.post(reverse("account_login"), {"login": LIN, "password": PASSWORD})
    own.post(reverse("account_logout"))
    for number in range(6):
        ask_for_link(Client(REMOTE_ADDR=f"198.51.100.{number}"))
        clock.shift(timedelta(minutes=1))
    assert len(letters(LIN)) == 5
    ask_for_link(own)
    assert len(letters(LIN)) == 6


def test_a_new_code_is_mailed_a_minute_later_at_the_earliest_and_twice_at_most(
    clock: time_machine.Traveller,
) -> None:
    client = sign_up()
    assert client.post(CODE_PAGE, {"action": "resend"}).status_code == 429
    for _ in range(4):
        clock.shift(timedelta(minutes=1))
        client.post(CODE_PAGE, {"action": "resend"})
    assert len(letters(LIN)) == 3
    clock.shift(timedelta(minutes=1))
    client.post(CODE_PAGE, {"code": code_in(letters(LIN)[-1])})
    assert is_signed_in(client)


def test_a_code_that_is_refused_too_soon_leaves_the_last_one_good() -> None:
    client = sign_up()
    client.post(CODE_PAGE, {"action": "resend"})
    client.post(CODE_PAGE, {"code": code_in(letters(LIN)[0])})
    assert is_signed_in(client)


def test_strangers_who_use_up_both_doors_do_not_hold_up_a_reset_on_a_new_device() -> None:
    make_subscriber(email=LIN, password="something-else-9")
    for number in range(12):
        for _ in range(5):
            sign_in("wrong-godwit-7", address=f"198.51.100.{number}")
        assert ask_for_link(Client(REMOTE_ADDR=f"198.51.100.{number}")) == 302
    assert "Too many attempts" in text_of(sign_in("something-else-9"))
    assert ask_for_link(Client(REMOTE_ADDR="203.0.113.9")) == 302
    assert is_signed_in(choose_password(reset_link()))
    assert AccountMail.objects.count() == 2  # The link, and the news of the new password.


def test_a_forwarded_host_leads_no_link_astray() -> None:
    make_subscriber(email=LIN, password=PASSWORD)
    Client(headers={"x-forwarded-host": "evil.example"}).post(
        reverse("account_reset_password"), {"email": LIN}
    )
    assert "/reset/key/" in letters(LIN)[0].text
    assert "evil.example" not in letters(LIN)[0].text + letters(LIN)[0].html


def test_a_wrong_code_says_what_to_do() -> None:
    page = text_of(sign_up().post(CODE_PAGE, {"code": "BBBB-BBBB"}))
    assert "Use the newest one and enter it again." in page
