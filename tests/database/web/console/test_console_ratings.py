"""Staff decide about ratings in the console, for a reason that everybody reads."""

import re

import pytest
from django.test import Client

from limosa.domain.accounts.models import StaffRole
from limosa.domain.ratings.models import Insider, RatedPlace, Rating
from limosa.domain.ratings.operations.report_comment import report_comment
from limosa.domain.support.models import AuditEntry
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.ratings import make_demo_rating, make_rating, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _signed_in(client: Client) -> None:
    sign_in_staff(client, make_operator())


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def seen(rating: Rating) -> dict[str, str]:
    return {"seen": rating.comment_version}


def reported() -> Rating:
    rating = make_rating(comment="Call <b>555-1234</b>")
    reporter = make_reader()
    report_comment(rating_id=rating.pk, reporter=reporter, reason="a number", now=MOMENT)
    rating.refresh_from_db()
    return rating


def test_what_waits_is_listed_and_said_on_the_first_page(client: Client) -> None:
    rating = reported()
    held = make_rating(standing="ring")
    assert "1 reported comment waits" in page_of(client, "/console/")
    listed = page_of(client, "/console/ratings/")
    assert rating.number in listed
    assert held.number not in listed
    assert held.number in page_of(client, "/console/ratings/?show=held")
    assert held.number in page_of(client, "/console/ratings/?show=all")
    assert client.get("/console/ratings/?show=odd").status_code == 404


def test_a_comment_is_hidden_for_a_public_reason_only(client: Client) -> None:
    rating = reported()
    path = f"/console/ratings/{rating.pk}/"
    shown = page_of(client, path)
    assert "Call &lt;b&gt;555-1234" in shown
    assert "a number" in shown
    said = client.post(f"{path}decide/", {"comment": "hide", "ruling": "", "public_reason": " "})
    assert said.status_code == 422
    assert "Say why" in said.content.decode()
    fields = {"comment": "hide", "ruling": "", "public_reason": "Names a person."}
    client.post(f"{path}decide/", fields | seen(rating))
    rating.refresh_from_db()
    assert (rating.comment_state, rating.public_reason) == ("hidden", "Names a person.")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("moderate_rating", rating.number)
    assert "Names a person." in entry.detail


def test_a_kept_comment_is_not_taken_out_of_sight_again(client: Client) -> None:
    rating = reported()
    decided = {"comment": "show", "ruling": ""} | seen(rating)
    client.post(f"/console/ratings/{rating.pk}/decide/", decided)
    report_comment(rating_id=rating.pk, reporter=make_reader(), reason="again", now=MOMENT)
    rating.refresh_from_db()
    assert rating.comment_state == "kept"


def test_a_decision_about_a_text_that_has_changed_is_refused_and_the_new_text_shown(
    client: Client,
) -> None:
    rating = reported()
    path = f"/console/ratings/{rating.pk}/"
    read = re.search(r'name="seen" value="(\w+)"', page_of(client, path))
    assert read
    Rating.objects.update(comment="Call 555-9999")
    fields = {"comment": "show", "ruling": "", "public_reason": "Fine.", "seen": read[1]}
    said = client.post(f"{path}decide/", fields)
    assert said.status_code == 422
    page = said.content.decode()
    assert "changed the comment after" in page
    assert "Call 555-9999" in page
    rating.refresh_from_db()
    assert rating.comment_state == "reported"
    assert not AuditEntry.objects.exists()
    read = re.search(r'name="seen" value="(\w+)"', page)
    assert read
    client.post(f"{path}decide/", fields | {"seen": read[1]})
    rating.refresh_from_db()
    assert rating.comment_state == "kept"


def test_who_is_released_or_excluded_has_its_place_published_anew(client: Client) -> None:
    rating = make_rating(standing="ring")
    fields = {"ruling": "released", "public_reason": "Two colleagues, both known to us."}
    client.post(f"/console/ratings/{rating.pk}/decide/", fields | seen(rating))
    rating.refresh_from_db()
    assert rating.ruling == "released"
    assert "comment" not in AuditEntry.objects.get().detail
    assert RatedPlace.objects.get().next_at is not None


def test_only_what_was_held_back_can_be_released(client: Client) -> None:
    rating = make_rating()
    path = f"/console/ratings/{rating.pk}/"
    assert "Count it though it was held back" not in page_of(client, path)
    fields = {"ruling": "released", "public_reason": "Known to us."} | seen(rating)
    assert client.post(f"{path}decide/", fields).status_code == 422
    rating.refresh_from_db()
    assert rating.ruling == ""
    for kept in [{"standing": "burst"}, {"ruling": "released", "public_reason": "Known."}]:
        other = make_rating(**kept)
        shown = page_of(client, f"/console/ratings/{other.pk}/")
        assert "Count it though it was held back" in shown


def test_the_reply_is_set_and_taken_back(client: Client) -> None:
    rating = make_rating()
    path = f"/console/ratings/{rating.pk}/reply/"
    client.post(path, {"reply": "Thank you."})
    client.post(path, {"reply": "Thank you."})
    rating.refresh_from_db()
    assert rating.reply == "Thank you."
    client.post(path, {"reply": ""})
    rating.refresh_from_db()
    assert rating.reply == ""
    assert AuditEntry.objects.filter(action="reply_to_rating").count() == 2
    assert client.post(path, {"reply": "x" * 1001}).status_code == 422


def test_an_insider_is_marked_and_unmarked(client: Client) -> None:
    rating = make_rating()
    path = f"/console/ratings/{rating.pk}/insider/"
    assert client.post(path, {"reason": ""}).status_code == 422
    assert 'name="do" value="mark"' in page_of(client, f"/console/ratings/{rating.pk}/")
    client.post(path, {"reason": "an agency", "do": "mark"})
    client.post(path, {"reason": "another's press at that moment", "do": "mark"})
    assert Insider.objects.get().subscriber == rating.subscriber
    assert AuditEntry.objects.count() == 1
    person = rating.subscriber_id
    link = f'<a href="/console/people/{person}/">Customer {person}</a>'
    assert link in page_of(client, "/console/record/")
    assert 'name="do" value="unmark"' in page_of(client, f"/console/ratings/{rating.pk}/")
    client.post(path, {"reason": "no longer", "do": "unmark"})
    assert not Insider.objects.exists()
    demo = make_demo_rating()
    assert client.post(f"/console/ratings/{demo.pk}/insider/", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(StaffRole.VIEWER, 403), (StaffRole.SUPPORT, 302)])
def test_who_may_not_decide_is_told(role: str, status: int) -> None:
    client = Client()
    sign_in_staff(client, make_operator(staff_role=role))
    rating = make_rating(comment="fine")
    fields = {"comment": "show", "ruling": ""} | seen(rating)
    said = client.post(f"/console/ratings/{rating.pk}/decide/", fields)
    assert said.status_code == status
