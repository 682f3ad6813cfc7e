"""Redeeming a code on its page: what is typed, what is said, and what the page shows."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.queries import wallet_in
from tests.factories.accounts import make_subscriber
from tests.factories.redemption import WORTH, Codes, make_codes

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/redeem/"


@pytest.fixture
def codes() -> Codes:
    return make_codes(now=timezone.now())


@pytest.fixture
def person(client: Client) -> Subscriber:
    person = make_subscriber()
    client.force_login(person)
    return person


def give(client: Client, typed: str) -> Any:
    return client.post(PAGE, {"code": typed}, follow=True)


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_a_code_is_redeemed_and_listed(client: Client, person: Subscriber, codes: Codes) -> None:
    answer = give(client, codes.texts[0].lower())
    assert "$20.00 is in your wallet." in text(answer)
    assert f"Serial {codes.batch.first_serial}" in text(answer)
    assert wallet_in(subscriber_id=person.pk, currency="USD") == WORTH


def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, person: Subscriber, codes: Codes
) -> None:
    right = codes.texts[0]
    for typed, said in (
        (right.replace(right[0], "O", 1), "“O” occurs in no code"),
        (right[:-1], "has 16 characters, and this has 15"),
        (right[:-1] + ("2" if right[-1] != "2" else "3"), "Something is mistyped"),
        ("2222-2222-2222-2222", "There is no such code."),
        ("", "Enter the code."),
    ):
        answer = give(client, typed)
        assert answer.status_code == 400
        assert said in text(answer)
        assert f'value="{typed}"' in text(answer) or not typed
    assert wallet_in(subscriber_id=person.pk, currency="USD").amount_minor == 0


@pytest.mark.usefixtures("person")
def test_a_holder_is_told_why(client: Client, codes: Codes) -> None:
    give(client, codes.texts[0])
    assert "You redeemed this code yourself, on" in text(give(client, codes.texts[0]))
    codes.change("void", 1, 1)
    assert "was withdrawn" in text(give(client, codes.texts[1]))
    client.force_login(make_subscriber())
    assert "by someone else" in text(give(client, codes.texts[0]))


@pytest.mark.usefixtures("person")
def test_whoever_guesses_is_stopped(client: Client, codes: Codes) -> None:
    for _ in range(10):
        assert give(client, "2222-2222-2222-2222").status_code == 400
    answer = give(client, codes.texts[0])
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 3000


def test_a_stranger_signs_in_first(client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.usefixtures("person")
def test_home_leads_there(client: Client) -> None:
    assert f'href="{PAGE}"' in text(client.get("/"))
