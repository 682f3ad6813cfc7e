"""What the demo sells of its wholesalers: plans that their simulators have, at their prices."""

from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

import limosa
from limosa.config.demo_supplies import (
    PROFILES_IN_STOCK,
    import_whole_catalogue,
    stock_profiles,
    whole_catalogue,
)
from limosa.domain.catalog.models import Plan, PlanSource
from limosa.domain.rsp.queries import stock_levels
from limosa.simulators.wholesale.plans import Plan as Listed
from limosa.simulators.wholesale.wholesaler import KINDS
from tests.factories import MOMENT
from tests.fakes.wholesale import FAKE

pytestmark = pytest.mark.django_db
DATA = Path(limosa.__file__).parent / "data"
SHIPPED, THEIRS = DATA / "catalog.yaml", DATA / "wholesale_plans.yaml"
CODES = [kind.name for kind in KINDS]


def listed(code: str) -> dict[str, Listed]:
    """Return what a wholesaler has in its list."""
    (kind,) = (one for one in KINDS if one.name == code)
    return kind.price_list(kind.__new__(kind))


def turn_on(settings: Settings, *codes: str) -> None:
    settings.SUPPLIER_ADAPTERS = {
        "own_network": settings.SUPPLIER_ADAPTERS["own_network"],
        **dict.fromkeys(codes, FAKE),
    }


def test_without_wholesalers_the_catalogue_is_the_one_that_ships() -> None:
    assert whole_catalogue(SHIPPED, THEIRS, set_up=frozenset({"own_network"})) == (
        SHIPPED.read_bytes()
    )


def test_every_wholesaler_has_the_plans_that_the_demo_sells(settings: Settings) -> None:
    turn_on(settings, *CODES)
    import_whole_catalogue(shipped=SHIPPED, theirs=THEIRS, now=MOMENT)
    sources = PlanSource.objects.select_related("plan")
    assert {one.supplier_id for one in sources} == set(CODES)
    for source in sources:
        plans = listed(source.supplier_id)
        # BillionConnect's code also says that the eSIM is to be rechargeable.
        new = plans[source.code.removesuffix(":r")]
        renewal = plans[source.renewal_code.removesuffix(":r")]
        assert new.use in ("new", "either")
        assert renewal.use in ("renewal", "either")
        assert renewal.region is new.region
        assert new.size.volume is not None
        assert new.size.volume >= (source.plan.volume_bytes or 0)
        assert str(source.plan.validity) == f"{new.size.days} days"
        assert tuple(source.plan.countries) == new.region.countries
        cost = Decimal(source.cost_minor or 0) / 100
        assert cost == Decimal(new.price) / 10_000


def test_a_plan_keeps_the_suppliers_that_are_set_up_and_stands_behind_the_others(
    settings: Settings,
) -> None:
    turn_on(settings, "airalo")
    import_whole_catalogue(shipped=SHIPPED, theirs=THEIRS, now=MOMENT)
    codes = list(Plan.objects.order_by("position").values_list("code", flat=True))
    assert codes[30:] == ["travel-eu-7d-1gb", "travel-eu-30d-5gb", "travel-th-15d-3gb"]
    assert {one.supplier_id for one in PlanSource.objects.all()} == {"airalo"}


def test_the_stock_for_wholesalers_is_filled_up_once() -> None:
    for _ in range(2):
        stock_profiles(now=MOMENT)
        (level,) = stock_levels()
        assert level.available == PROFILES_IN_STOCK
