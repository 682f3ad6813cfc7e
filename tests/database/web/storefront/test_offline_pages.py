"""What a device keeps for when it has no connection: which pages, for whom, and until when."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.foundation.volume import MB
from limosa.web.storefront.kept_pages import ESIMS_MAX, NOBODY, PERSON_HEADER
from limosa.web.storefront.views.offline import worker_source
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.esims import make_bundle, make_esim, make_installation, make_move

pytestmark = pytest.mark.django_db

STATEMENTS_MAX = 12


def pages_of(client: Client) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = client.get(reverse("kept_pages")).json()["pages"]
    return found


def page_of(shop: Shop) -> dict[str, str]:
    return pages_of(shop.client)[reverse("arrival", args=[shop.esim.public_id])]


def person_on(client: Client, path: str = "/") -> str:
    return str(client.get(path).headers[PERSON_HEADER])


def test_every_page_names_its_person_and_tells_nobody_who_it_is(shop: Shop) -> None:
    other = Client()
    other.force_login(make_subscriber())
    names = {person_on(shop.client), person_on(other)}
    assert len(names) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in names)
    for path in ("/plans/", "/no-such-page/", reverse("offline")):
        assert person_on(shop.client, path) == person_on(shop.client)
        assert person_on(Client(), path) == NOBODY


def test_the_page_after_signing_out_is_nobodys(shop: Shop) -> None:
    answer = shop.client.post(reverse("account_logout"), follow=True)
    assert answer.headers[PERSON_HEADER] == NOBODY
    assert shop.client.get(reverse("kept_pages")).json() == {"person": NOBODY, "pages": {}}


def test_a_fault_names_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("limosa.web.storefront.views.home.cards_of", lambda *_, **__: fail())
    shop.client.raise_request_exception = False
    assert PERSON_HEADER not in shop.client.get("/").headers


def test_what_is_no_page_names_nobody(shop: Shop) -> None:
    for name in ("manifest", "offline_worker", "kept_pages"):
        assert PERSON_HEADER not in shop.client.get(reverse(name)).headers


def test_the_pages_are_those_of_the_esims_and_their_list(shop: Shop) -> None:
    paths = {reverse("offline_esims"), reverse("arrival", args=[shop.esim.public_id])}
    assert set(pages_of(shop.client)) == paths
    stranger = Client()
    stranger.force_login(make_subscriber())
    assert pages_of(stranger) == {}
    for path in paths:
        assert shop.client.get(path).status_code == 200


def test_only_so_many_are_kept(shop: Shop) -> None:
    for _ in range(ESIMS_MAX + 2):
        make_bundle(esim=make_esim(subscriber=shop.person))
    found = pages_of(shop.client)
    assert len(found) == ESIMS_MAX + 1
    page = text_of(shop.client.get(reverse("offline_esims")))
    assert {path for path in found if path in page} == {*found} - {reverse("offline_esims")}


def test_its_moment_is_in_the_time_of_its_figures(shop: Shop) -> None:
    path = reverse("offline_esims")
    Esim.objects.filter(pk=shop.esim.pk).update(time_zone="America/New_York")
    shop.person.time_zone = "Asia/Shanghai"
    shop.person.save(update_fields=["time_zone"])
    said = text_of(shop.client.get(path)).partition('data-testid="as-of"')[2].partition("</p>")[0]
    assert "(New York)" in said
    make_bundle(esim=make_esim(subscriber=shop.person, time_zone="Asia/Tokyo"))
    said = text_of(shop.client.get(path)).partition('data-testid="as-of"')[2].partition("</p>")[0]
    assert "(Beijing)" in said


def change_use(shop: Shop) -> None:
    Bundle.objects.update(used_bytes=shop.bundle.used_bytes + 100 * MB)


def change_end(shop: Shop) -> None:
    Bundle.objects.update(ends_at=MOMENT)


def change_label(shop: Shop) -> None:
    Esim.objects.filter(pk=shop.esim.pk).update(label="Work")


def change_language(shop: Shop) -> None:
    shop.person.language = "zh-hans"
    shop.person.save()


@pytest.mark.parametrize("change", [change_use, change_end, change_label, change_language])
def test_the_mark_changes_with_what_the_page_says(shop: Shop, change: Any) -> None:
    before = page_of(shop)
    assert page_of(shop) == before
    change(shop)
    assert page_of(shop)["mark"] != before["mark"]


def test_the_secret_is_that_of_the_code_that_is_shown(shop: Shop) -> None:
    assert page_of(shop)["secret"] == ""
    Esim.objects.update(state=EsimState.READY, installed_at=None)
    ready = page_of(shop)["secret"]
    assert ready
    assert ready not in shop.esim.activation_code
    make_move(esim=shop.esim)
    assert page_of(shop)["secret"] not in {"", ready}


def test_an_installed_esims_page_has_no_secret(shop: Shop) -> None:
    Esim.objects.update(state=EsimState.READY, installed_at=None)
    make_installation(esim=shop.esim)
    assert page_of(shop)["secret"] == ""


def test_a_returned_esims_page_is_kept_no_longer(shop: Shop) -> None:
    Bundle.objects.update(state=BundleState.REFUNDED, ended_at=MOMENT)
    assert pages_of(shop.client) == {}
    page = text_of(shop.client.get(reverse("offline_esims")))
    assert reverse("arrival", args=[shop.esim.public_id]) not in page


def test_asking_which_pages_to_keep_is_cheap(shop: Shop) -> None:
    with CaptureQueriesContext(connection) as said:
        pages_of(shop.client)
    assert len(said) <= STATEMENTS_MAX


def test_the_page_of_no_connection_has_nothing_of_a_person(shop: Shop) -> None:
    page = text_of(shop.client.get(reverse("offline")))
    assert "No connection" in page
    for mine in (shop.person.email, "3.6<small>", shop.esim.label, shop.esim.public_id, "USD"):
        assert mine not in page


def test_the_kept_list_says_as_of_when(shop: Shop) -> None:
    page = text_of(shop.client.get(reverse("offline_esims")))
    assert "This is as of Nov 22, 10:00 AM (Los Angeles)." in page
    assert "3.6<small> GB / 20 GB</small>" in page


def test_the_worker_stands_at_the_root_and_the_policy_allows_it() -> None:
    answer = Client().get(reverse("offline_worker"))
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reverse("offline_worker").count("/") == 1
    policy = answer.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer.headers


def test_the_worker_is_sent_again_only_if_it_has_changed(shop: Shop) -> None:
    path = reverse("offline_worker")
    for client in (Client(), shop.client):
        first = client.get(path)
        assert first.headers["Cache-Control"] == "max-age=0, public"
        same = client.get(path, headers={"if-none-match": first.headers["ETag"]})
        assert (same.status_code, same.content) == (304, b"")
        assert client.get(path, headers={"if-none-match": '"another"'}).status_code == 200


def test_the_worker_knows_our_addresses() -> None:
    found = re.search(r"const GIVEN = (\{.*\});\n", worker_source())
    assert found
    given = json.loads(found[1])
    assert given["signOut"] == reverse("account_logout")
    assert given["pages"] == reverse("kept_pages")
    assert re.fullmatch(r"[0-9a-f]{12}", given["version"])
    for path in given["files"]:
        answer: Any = Client().get(path)
        assert answer.status_code == 200, path
        assert b"".join(answer.streaming_content)


def test_only_signed_in_people_get_the_worker(shop: Shop) -> None:
    assert "offline.js" in text_of(shop.client.get("/plans/"))
    assert "offline.js" not in text_of(Client().get("/plans/"))
