"""A newcomer who wants a plan keeps it while an account is made."""

from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

from tests.database.web.storefront.test_account_pages import SIGN_UP
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.catalog import make_carrier, make_plan
from tests.letters import code_in, letters

pytestmark = pytest.mark.django_db

BUY = "/plans/month/buy/"
NEXT = f"?next={quote(BUY, safe='')}"


@pytest.fixture(autouse=True)
def month() -> None:
    make_carrier("att", name="AT&T")
    make_plan(code="month", name={"en": "10 GB"}, prices={"USD": 2500}, carrier_id="att")


def test_an_account_made_for_a_plan_leads_to_its_checkout() -> None:
    client = Client()
    asked = client.get(BUY)
    assert asked["Location"] == f"/accounts/login/?next={BUY}"
    sign_in = text_of(client.get(asked["Location"]))
    (to_sign_up,) = {part for part in sign_in.split('"') if part.startswith("/accounts/signup/")}
    assert to_sign_up == f"/accounts/signup/{NEXT}"
    sign_up = text_of(client.get(to_sign_up))
    assert f'name="next" value="{BUY}"' in sign_up
    assert f'href="/accounts/login/{NEXT}"' in sign_up
    sent = client.post("/accounts/signup/", {**SIGN_UP, "next": BUY})
    (letter,) = letters()
    done = client.post(sent["Location"], {"code": code_in(letter)})
    assert done["Location"] == BUY
    assert "10 GB" in text_of(client.get(BUY))


@pytest.mark.parametrize("page", ["login", "signup"])
def test_the_pages_before_a_purchase_name_the_plan(page: str) -> None:
    said = unescape(text_of(Client().get(f"/accounts/{page}/{NEXT}")))
    assert "buying “10 GB” of AT&T for $25.00" in said


@pytest.mark.parametrize(
    "path",
    ["", "/orders/", "/plans/none/buy/", "//evil.example/plans/month/buy/", "//["],
)
def test_no_plan_is_named_without_one(path: str) -> None:
    said = text_of(Client().get("/accounts/login/", {"next": path} if path else {}))
    assert 'data-testid="wanted-plan"' not in said
