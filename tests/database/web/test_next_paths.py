"""Where `next` may lead: a path of ours, and whatever else is given is left aside."""

import pytest
from django.test import Client
from django.urls import reverse

from limosa.web.own_paths import own_path
from tests.factories.accounts import make_subscriber
from tests.fuzzing.bad_input import VALUES

NOT_OURS = [value.decode() for value in VALUES["next"] if not value.startswith(b"/accounts/")]


@pytest.mark.parametrize("text", ["/", "/orders/", "/orders/L-1/?a=b", "/accounts/logout/"])
def test_a_path_of_ours_is_followed(text: str) -> None:
    assert own_path(text) == text


@pytest.mark.parametrize("text", [*NOT_OURS, "home", "1", "https://[::1", "http://testserver/"])
def test_anything_else_is_not(text: str) -> None:
    assert own_path(text) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_logout", "account_login", "language"])
@pytest.mark.parametrize("text", [*NOT_OURS, "1", "home"])
def test_a_form_with_it_leads_on_all_the_same(name: str, text: str, client: Client) -> None:
    if name == "account_logout":
        client.force_login(make_subscriber())
    answer = client.post(f"{reverse(name)}", {"next": text, "language": "es"})
    assert answer.status_code in {200, 302}
    assert "evil" not in answer.headers.get("Location", "")
