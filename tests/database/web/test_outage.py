"""A database that is away: every kind of caller is told so, and told when to ask again."""

from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    person = make_subscriber(language="zh-hans")
    client = Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})
    client.force_login(person)
    return client


@pytest.fixture(params=[OperationalError, InterfaceError])
def away(request: Any) -> Iterator[None]:
    def fail(*_: object) -> NoReturn:
        raise request.param("the connection is closed")

    with connection.execute_wrapper(fail):
        yield


def test_a_page_says_so_and_tries_again_by_itself(client: Client, away: None) -> None:
    answer = client.get(f"{reverse('orders')}?page=2")
    text = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "no-store" in answer["Cache-Control"]
    assert '<meta http-equiv="refresh" content="5">' in text
    assert '<html lang="zh-Hans">' in text
    assert "<script" not in text


def test_after_a_form_the_page_goes_back_and_sends_nothing_again(
    client: Client, away: None
) -> None:
    def back_from(referer: str) -> str:
        answer = client.post(reverse("settings"), {"a": "b"}, headers={"referer": referer})
        assert answer.status_code == 503
        return answer.content.decode()

    assert 'content="5; url=/settings/?a=1"' in back_from("http://testserver/settings/?a=1")
    assert 'content="5; url=/"' in back_from("https://elsewhere.example/settings/")
    assert 'content="5; url=/"' in back_from("")


def test_fragments_and_programs_get_what_they_understand(client: Client, away: None) -> None:
    fragment = client.get(reverse("orders"), headers={"hx-request": "true"})
    assert (fragment.status_code, fragment.content, fragment["Retry-After"]) == (503, b"", "5")
    batch = {"feed": "lab", "records": []}
    answer = client.get(reverse("orders"), batch, content_type="application/json")
    assert answer.status_code == 503


def test_another_fault_is_still_our_fault(client: Client) -> None:
    def fail(*_: object) -> NoReturn:
        raise ValueError

    with connection.execute_wrapper(fail):
        answer = client.get(reverse("orders"))
    assert answer.status_code == 500
