"""Renewing without signing in, by the number that a device shows."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from limosa.domain.esims.links import NUMBER_LIFETIME, make_number_token, make_renew_token
from limosa.domain.esims.models import Esim
from tests.factories.catalog import make_rates
from tests.factories.esims import make_bundle, make_esim
from tests.factories.ordering import make_tax_rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def esim() -> Esim:
    """An eSIM in use, with a name that only its person is to see."""
    make_rates()
    make_tax_rate()
    now = timezone.now()
    bundle = make_bundle(
        esim=make_esim(label="Grandma in Lyon"),
        created_at=now - timedelta(days=3),
        ends_at=now + timedelta(days=20),
        used_bytes=1_234_000_000,
    )
    return bundle.esim


def give(typed: str, *, address: str = "203.0.113.7") -> Any:
    return Client(REMOTE_ADDR=address).post("/renew/", {"number": typed})


def spaced(iccid: str) -> str:
    """Return a number as devices show it."""
    return " ".join(re.findall(".{1,4}", iccid)) + "F"


def test_a_number_as_a_device_shows_it_leads_to_what_the_esim_can_be_renewed_with(
    esim: Esim,
) -> None:
    client = Client()
    answer = client.post("/renew/", {"number": spaced(esim.iccid)}, follow=True)
    assert answer.status_code == 200
    page = unescape(answer.content.decode())
    assert f"ends in {esim.iccid[-4:]}" in page
    assert 'name="plan"' in page


def test_neither_its_name_nor_what_is_left_is_shown(esim: Esim) -> None:
    """The control: a renewal link shows both."""
    shown = {}
    for way, path in (
        ("number", f"/renew/{make_number_token(esim_public_id=esim.public_id)}/"),
        ("link", f"/r/{make_renew_token(esim_public_id=esim.public_id)}/"),
    ):
        page = unescape(Client().get(path).content.decode())
        shown[way] = ("Grandma" in page, "18.7" in page, esim.iccid in page)
    assert shown == {"number": (False, False, False), "link": (True, True, False)}


def test_a_link_that_is_pasted_is_followed(esim: Esim) -> None:
    token = make_renew_token(esim_public_id=esim.public_id)
    answer = give(f"https://limosa.example/r/{token}/?utm=x")
    assert (answer.status_code, answer["Location"]) == (302, f"/r/{token}/")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("8901234567890123456", "We have no eSIM with this number."),
        ("12345", "18 to 20 digits that begin with 89"),
        ("89" + "x" * 17, "18 to 20 digits that begin with 89"),
        ("", "Enter the number of the eSIM"),
        ("8" * 501, "too long"),
    ],
)
@pytest.mark.usefixtures("esim")
def test_what_is_no_number_of_ours_is_refused_in_words(typed: str, said: str) -> None:
    answer = give(typed)
    assert answer.status_code == 400
    assert said in unescape(answer.content.decode())


def test_a_number_that_several_esims_have_leads_to_none(esim: Esim) -> None:
    make_esim(iccid=esim.iccid, supplier_reference="another")
    assert give(esim.iccid).status_code == 400


def test_a_deleted_esim_is_not_found(esim: Esim) -> None:
    Esim.objects.filter(pk=esim.pk).update(state="deleted")
    assert give(esim.iccid).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_for_one_number_after_another_is_stopped_and_others_are_not(
    esim: Esim,
) -> None:
    answers = {give(f"89012345678901{number:05}").status_code for number in range(20)}
    assert answers == {400}
    assert give(esim.iccid).status_code == 429
    assert give(esim.iccid, address="203.0.113.8").status_code == 302


def test_a_visit_by_number_ends(esim: Esim) -> None:
    path = f"/renew/{make_number_token(esim_public_id=esim.public_id)}/"
    assert Client().get(path).status_code == 200
    with time_machine.travel(timezone.now() + NUMBER_LIFETIME + timedelta(minutes=1)):
        answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/renew/")
    assert Client().get("/renew/nonsense/")["Location"] == "/renew/"
    link = make_renew_token(esim_public_id=esim.public_id)
    assert Client().get(f"/renew/{link}/")["Location"] == "/renew/"
