"""The same again means the plan that runs now, whatever waits behind it."""

from datetime import timedelta

import pytest

from limosa.domain.catalog.models import PlanKind
from limosa.domain.esims.models import BundleState, Esim
from limosa.domain.esims.queries import EsimView, esim_view, open_bundles
from limosa.domain.renewals.queries import offers_for, same_bundles
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle, make_esim

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def had(esim: Esim, code: str, state: BundleState, first: int | None, last: int | None) -> None:
    """Give the eSIM a bundle from day `first` to day `last`, counted from now."""
    make_bundle(
        esim=esim,
        plan=make_plan(code=code, kind=PlanKind.TOP_UP if "top-up" in code else PlanKind.VOLUME),
        state=state,
        starts_at=None if first is None else MOMENT + first * DAY,
        ends_at=None if last is None else MOMENT + last * DAY,
    )


def view_of(esim: Esim) -> EsimView:
    return esim_view(esim=esim, bundles=open_bundles(esim_ids=[esim.pk]), now=MOMENT)


ACTIVE, QUEUED, EXPIRED = BundleState.ACTIVE, BundleState.QUEUED, BundleState.EXPIRED
EXHAUSTED, REFUNDED = BundleState.EXHAUSTED, BundleState.REFUNDED
Had = tuple[str, BundleState, int | None, int | None]
STORIES: dict[str, tuple[list[Had], str]] = {
    "the one in use, not what waits": (
        [("used", ACTIVE, -9, 9), ("next", QUEUED, 9, 39), ("later", QUEUED, 39, 69)],
        "used",
    ),
    "of two in use the one that ends first": (
        [("long", ACTIVE, -9, 90), ("short", ACTIVE, -1, 9)],
        "short",
    ),
    "one that has begun, though the worker is late": (
        [("over", ACTIVE, -9, 0), ("begun", QUEUED, 0, 30), ("later", QUEUED, 30, 60)],
        "begun",
    ),
    "what was used up, not what waits": (
        [("old", EXPIRED, -90, -60), ("used-up", EXHAUSTED, -9, 9), ("next", QUEUED, 9, 39)],
        "used-up",
    ),
    "the newest that ran": (
        [("old", EXPIRED, -90, -60), ("new", EXPIRED, -60, -30), ("back", REFUNDED, -9, 9)],
        "new",
    ),
    "the first that waits, where nothing ran": (
        [("first", QUEUED, None, None), ("second", QUEUED, None, None)],
        "first",
    ),
    "no top-up": ([("used", ACTIVE, -9, 9), ("top-up", ACTIVE, -1, 9)], "used"),
    "a refunded one, where there is nothing else": ([("back", REFUNDED, -9, 9)], "back"),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_same_again_is(story: str) -> None:
    bundles, same = STORIES[story]
    esim = make_esim()
    for bundle in bundles:
        had(esim, *bundle)
    assert same_bundles([view_of(esim)], now=MOMENT)[esim.pk].plan_id == same


def test_it_is_offered_first_and_named_so() -> None:
    esim = make_esim()
    had(esim, "used", ACTIVE, -9, 9)
    had(esim, "next", QUEUED, 9, 39)
    offers = offers_for(view=view_of(esim), subscriber=esim.subscriber, now=MOMENT)
    assert [(one.price.plan_id, one.is_same_plan) for one in offers] == [
        ("used", True),
        ("next", False),
    ]
