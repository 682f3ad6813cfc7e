"""Home: what is left, until when, and the way to renew."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.foundation.volume import MB
from tests.database.web.storefront.shop import Shop
from tests.factories import MOMENT
from tests.factories.charging import make_daily_usage, make_reserve
from tests.factories.esims import make_bundle, make_esim
from tests.factories.links import renew_path

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_home_shows_what_is_left_and_the_end_in_both_times(shop: Shop) -> None:
    page = text_of(shop.client.get("/"))
    assert "3.6<small> GB / 20 GB</small>" in page
    assert "3.6 GB of 20 GB left, 18%" in page
    assert "until Nov 24, 11:59 PM" in page
    assert "Beijing Nov 25, 3:59 PM" in page
    assert "3 days left" in page
    assert "as of 10:00 AM" in page
    assert f"ends in {shop.esim.iccid[-4:]}" in page
    assert shop.esim.iccid not in page


def test_home_offers_the_same_plan_at_its_price(shop: Shop) -> None:
    page = text_of(shop.client.get("/"))
    assert f'href="{shop.renew_path}"' in page
    assert "Renew 1 month" in page
    assert "$25.00" in page


def queue(shop: Shop, code: str = "month-5") -> None:
    """Buy a plan that begins when the one in use ends."""
    starts_at = shop.bundle.ends_at
    assert starts_at is not None
    make_bundle(
        esim=shop.esim,
        plan=Plan.objects.get(code=code),
        state=BundleState.QUEUED,
        created_at=MOMENT,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=31),
    )


def test_home_and_the_renewal_page_mean_the_plan_in_use_not_what_waits(shop: Shop) -> None:
    queue(shop)
    assert "$9.00" not in text_of(shop.client.get("/"))
    page = shop.client.get(shop.renew_path)
    assert page.context["selection"].choice.plan == shop.plan
    assert text_of(page).count("Same as now") == 1


def test_whoever_renews_is_told_that_a_plan_waits_already(shop: Shop) -> None:
    link = renew_path(esim_public_id=shop.esim.public_id)
    for path in (shop.renew_path, link):
        page = text_of(shop.client.get(path))
        assert "is queued" not in page
        assert "After the current plan" in page
    queue(shop)
    for client, path in ((shop.client, shop.renew_path), (Client(), link)):
        page = text_of(client.get(path))
        assert "1 more plan is queued and starts automatically. It ends on Dec 25" in page
        assert 'After the queued plans, from <span class="keep">Dec 26' in page
        assert "After the current plan" not in page


def test_home_says_what_follows(shop: Shop) -> None:
    make_bundle(
        esim=shop.esim,
        plan=shop.plan,
        state=BundleState.QUEUED,
        starts_at=shop.bundle.ends_at,
        ends_at=MOMENT + timedelta(days=33, hours=14),
    )
    assert "Then 20 GB until" in text_of(shop.client.get("/"))


def test_one_that_waits_for_its_first_use_is_to_be_installed(shop: Shop) -> None:
    esim = make_esim(subscriber=shop.person, state=EsimState.READY, label="Trip")
    make_bundle(
        esim=esim,
        plan=shop.plan,
        state=BundleState.QUEUED,
        valid_from="first_use",
        first_use_before=MOMENT + timedelta(days=180),
    )
    page = text_of(shop.client.get("/"))
    assert "Install the eSIM" in page
    assert "20 GB for 1 month from first use; start before May 21, 2027" in page


def test_what_is_on_no_device_is_to_be_installed_before_it_is_renewed(shop: Shop) -> None:
    esims = Esim.objects.filter(pk=shop.esim.pk)
    esims.update(state="ready", installed_at=None, usage_seen_at=None)
    Bundle.objects.update(used_bytes=0)
    page = unescape(text_of(shop.client.get("/")))
    install = f'<a class="button" href="/esims/{shop.esim.public_id}/install/">Install the eSIM</a>'
    assert install in page
    assert "Renew for $25.00" in page
    assert "button-split" not in page
    # Data was used, or a device told of it: renewing comes first again.
    Bundle.objects.update(used_bytes=1000)
    assert install not in unescape(text_of(shop.client.get("/")))
    Bundle.objects.update(used_bytes=0)
    esims.update(state="installed", installed_at=MOMENT)
    page = unescape(text_of(shop.client.get("/")))
    assert install not in page
    assert "button-split" in page


def test_a_used_up_plan_is_said_to_be_so(shop: Shop) -> None:
    shop.bundle.used_bytes = shop.bundle.volume_bytes or 0
    shop.bundle.state = BundleState.EXHAUSTED
    shop.bundle.ended_at = MOMENT - timedelta(days=1)
    shop.bundle.save()
    page = text_of(shop.client.get("/"))
    assert "The 20 GB were used up on Nov 21." in page
    assert "Renew 1 month" in page


def test_the_week_is_a_chart_with_words(shop: Shop) -> None:
    make_daily_usage(esim=shop.esim, day=MOMENT.date(), used_bytes=1_900_000_000)
    make_daily_usage(esim=shop.esim, day=MOMENT.date() - timedelta(days=2), used_bytes=300_000_000)
    page = text_of(shop.client.get("/"))
    assert "2.2 GB in total; highest on Nov 22: 1.9 GB" in page


def test_a_person_without_an_esim_is_shown_the_way_to_one(shop: Shop) -> None:
    shop.bundle.delete()
    shop.esim.delete()
    page = text_of(shop.client.get("/"))
    assert "No eSIM yet" in page
    assert 'href="/plans/"' in page


def test_a_stranger_is_told_what_this_is() -> None:
    page = text_of(Client().get("/"))
    assert "Where to?" in page
    assert "/accounts/login/" in page


def test_home_costs_the_same_for_many_esims(shop: Shop) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert shop.client.get("/").status_code == 200
        return len(captured)

    before = statements()
    for _ in range(5):
        esim = make_esim(subscriber=shop.person, carrier=shop.esim.carrier)
        make_bundle(esim=esim, plan=shop.plan)
    assert statements() == before <= 14


def test_a_reserve_is_shown_as_what_it_is_on_every_page_of_an_esim_without_a_plan(
    shop: Shop,
) -> None:
    shop.bundle.state, shop.bundle.ended_at = BundleState.EXHAUSTED, MOMENT
    shop.bundle.used_bytes = shop.bundle.volume_bytes or 0
    shop.bundle.save()
    make_reserve(bundle=shop.bundle, used_bytes=5 * MB)
    link = renew_path(esim_public_id=shop.esim.public_id)
    paths = ["/", shop.renew_path, f"/esims/{shop.esim.public_id}/"]
    pages = [text_of(shop.client.get(path)) for path in paths] + [text_of(Client().get(link))]
    for page in pages:
        assert page.count('15 MB reserve to renew with, until <span class="keep">Nov 29, ') == 1
    assert "Used up" in pages[0]
    assert "No plan in use" in pages[2]


def test_a_reserve_is_not_shown_beside_a_plan_or_after_its_time(shop: Shop) -> None:
    reserve = make_reserve(bundle=shop.bundle)
    assert "reserve" not in text_of(shop.client.get("/"))
    shop.bundle.state, shop.bundle.ended_at = BundleState.EXPIRED, MOMENT
    shop.bundle.save()
    assert "reserve" in text_of(shop.client.get("/"))
    reserve.granted_at, reserve.ends_at = MOMENT - timedelta(days=7), MOMENT
    reserve.save()
    assert "reserve" not in text_of(shop.client.get("/"))
