"""What people wrote can't rearrange a page of the staff."""

import pytest
from django.test import Client

from limosa.domain.accounts.models import Subscriber
from tests.factories.accounts import make_subscriber, sign_in_staff

pytestmark = pytest.mark.django_db
TURNED = "Ann\u202egpj.exe\u2066x\u200f\x9b"


@pytest.mark.parametrize("path", ["/console/people/", "/console/people/{}/"])
def test_marks_that_turn_the_writing_are_shown_and_do_nothing(path: str) -> None:
    person = make_subscriber(email="ann\u202e@example.com", display_name=TURNED)
    client = Client()
    sign_in_staff(client)
    page = client.get(path.format(person.pk)).content.decode()
    assert "ann\ufffd@example.com" in page
    assert not set(page) & set("\u202e\u2066\u200f\x9b")
    assert Subscriber.objects.get(pk=person.pk).display_name == TURNED


@pytest.mark.parametrize("before", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_far_place_to_go_on_from_is_the_first_page(before: str) -> None:
    person = make_subscriber()
    client = Client()
    sign_in_staff(client)
    page = client.get(f"/console/people/{person.pk}/", {"before": before})
    assert page.status_code == 200
    assert person.email in page.content.decode()
