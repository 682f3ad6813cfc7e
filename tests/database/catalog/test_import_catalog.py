"""A catalogue file is taken in whole, or changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.catalog.incoming import read_incoming
from limosa.domain.catalog.models import Carrier, CatalogImport, Plan, Price, Supplier
from limosa.domain.catalog.operations.import_catalog import import_catalog
from tests.factories import MOMENT
from tests.factories.catalog import make_plan

pytestmark = pytest.mark.django_db

HEAD = """\
format: 1
version: "2026-11-20"
suppliers: [{code: own_network, name: Our network}]
carriers: [{code: att, name: AT&T}]
plans:
"""
PLAN = """\
- code: %s
  supplier: own_network
  carrier: att
  kind: volume
  name: {en: Month, zh-hans: 月, zh-hant: 月, es: Mes}
  volume: 20 GB
  validity: 1 month
  countries: [US]
  prices: {USD: "%s", CNY: "179.00"}
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str) -> Path:
        path = tmp_path / "plans.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def later(text: str, days: int) -> str:
    """Return the file as an edition of some days later."""
    return text.replace("2026-11-20", f"2026-11-{20 + days}")


def take_in(path: Path) -> CatalogImport:
    """Take in a file by somebody who has seen what it changes."""
    agreed = read_incoming(path=path, now=MOMENT).changes
    return import_catalog(path=path, agreed=agreed, now=MOMENT).record


def _on_sale() -> list[str]:
    return list(
        Plan.objects.filter(on_sale=True).order_by("position").values_list("code", flat=True)
    )


def test_a_file_becomes_the_catalogue(write: Write) -> None:
    taken = import_catalog(
        path=write(HEAD + PLAN % ("b", "25.00") + PLAN % ("a", "9.50")), now=MOMENT
    ).record
    assert _on_sale() == ["b", "a"]
    assert Price.objects.get(plan_id="a", currency="USD").amount_minor == 950
    assert (Supplier.objects.get().name, Carrier.objects.get().name) == ("Our network", "AT&T")
    assert (taken.version, taken.plan_count, taken.imported_at) == ("2026-11-20", 2, MOMENT)


def test_the_next_file_changes_adds_and_takes_off_sale(write: Write) -> None:
    import_catalog(path=write(HEAD + PLAN % ("a", "25.00") + PLAN % ("b", "9.50")), now=MOMENT)
    without_yuan = PLAN.replace(', CNY: "179.00"', "")
    second = HEAD + PLAN % ("c", "1.00") + without_yuan % ("b", "8.00")
    take_in(write(later(second.replace("Our network", "Ours"), 1)))
    assert _on_sale() == ["c", "b"]
    assert not Plan.objects.get(code="a").on_sale
    assert Price.objects.filter(plan_id="a").count() == 2
    assert list(Price.objects.filter(plan_id="b").values_list("currency", "amount_minor")) == [
        ("USD", 800)
    ]
    assert Supplier.objects.get().name == "Ours"


def test_a_plan_that_comes_back_is_on_sale_again(write: Write) -> None:
    with_a, without = HEAD + PLAN % ("a", "25.00"), HEAD + PLAN % ("b", "25.00")
    for turn, text in enumerate((with_a, without, with_a)):
        take_in(write(later(text, turn)))
    assert _on_sale() == ["a"]


def test_the_same_file_twice_is_a_no_op(write: Write) -> None:
    path = write(HEAD + PLAN % ("a", "25.00"))
    first = import_catalog(path=path, now=MOMENT)
    Price.objects.update(amount_minor=1)
    again = import_catalog(path=path, now=MOMENT + timedelta(days=1))
    assert (again.record, again.is_new) == (first.record, False)
    assert CatalogImport.objects.count() == 1
    assert set(Price.objects.values_list("amount_minor", flat=True)) == {1}


def test_one_wrong_row_changes_nothing(write: Write) -> None:
    make_plan(code="old")
    with pytest.raises(CatalogFaultsError, match=r"plans.yaml:23: prices.USD: ") as caught:
        import_catalog(path=write(HEAD + PLAN % ("a", "25.00") + PLAN % ("b", "cheap")), now=MOMENT)
    assert len(caught.value.faults) == 1
    assert _on_sale() == ["old"]
    assert not CatalogImport.objects.exists()


def test_suppliers_and_carriers_may_be_known_from_before(write: Write) -> None:
    import_catalog(path=write(HEAD + PLAN % ("a", "25.00")), now=MOMENT)
    text = "format: 1\nversion: 2026-11-21\nplans:\n" + PLAN % ("b", "25.00")
    assert take_in(write(text)).version == "2026-11-21"


def test_progress_of_a_large_file_is_told(write: Write) -> None:
    told: list[tuple[int, int]] = []
    text = HEAD + "".join(PLAN % (f"plan-{number}", "25.00") for number in range(1200))
    import_catalog(
        path=write(text), now=MOMENT, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]
    assert _on_sale()[-1] == "plan-1199"
