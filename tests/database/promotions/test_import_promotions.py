"""A file of promotions is taken in whole, or changes nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.operations.import_promotions import import_promotions
from limosa.foundation.volume import GB
from tests.factories.catalog import make_plan
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db

GOOD = """\
format: 1
promotions:
- code: thanksgiving
  name: {en: Thanks, zh-hans: 感恩, zh-hant: 感恩, es: Gracias}
  bonus: 10 GB
  plans: [quarter]
  first_day: 2026-11-20
  last_day: 2026-11-30
  time_zone: America/Los_Angeles
"""


@pytest.fixture(autouse=True)
def _plan() -> None:
    make_plan(code="quarter")


def _import(folder: Path, text: str) -> int:
    path = folder / "promotions.yaml"
    path.write_text(text, encoding="utf-8")
    return import_promotions(path=path)


def test_days_are_whole_in_their_time_zone(tmp_path: Path) -> None:
    assert _import(tmp_path, GOOD) == 1
    promotion = Promotion.objects.get()
    assert promotion.starts_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert promotion.ends_at == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert (promotion.percent_off, promotion.bonus_bytes) == (0, 10 * GB)
    assert promotion.plan_codes == ["quarter"]
    assert promotion.name_in("zh-hans") == "感恩"


def test_a_known_promotion_is_replaced_and_others_stay(tmp_path: Path) -> None:
    make_promotion(code="other")
    _import(tmp_path, GOOD)
    _import(tmp_path, GOOD.replace("bonus: 10 GB", "percent_off: 20"))
    assert Promotion.objects.get(code="thanksgiving").percent_off == 20
    assert Promotion.objects.filter(code="other").exists()


def test_an_amount_carriers_durations_and_codes_are_read(tmp_path: Path) -> None:
    text = GOOD.replace("bonus: 10 GB", "amount_off: 5.00 USD").replace(
        "plans: [quarter]", "carriers: [t-mobile]\n  durations: [7 days, 1 year]\n  needs_code: yes"
    )
    _import(tmp_path, text)
    promotion = Promotion.objects.get()
    assert (promotion.amount_off_minor, promotion.amount_currency) == (500, "USD")
    assert (promotion.carrier_codes, promotion.plan_codes) == (["t-mobile"], [])
    assert promotion.durations == ["7 days", "12 months"]
    assert promotion.needs_code


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("format: 1\n", "", ":1: format: is missing"),
        ("format: 1", "format: 3", ':1: format: "3" is not known'),
        ("bonus: 10 GB\n", "bonus: 10 GB\n  percent_off: 5\n", ":6: percent_off: give one"),
        ("  bonus: 10 GB\n", "", ":3: percent_off: give one"),
        ("bonus: 10 GB", "percent_off: 95", ':5: percent_off: "95" is not a percentage off'),
        ("[quarter]", "[year]", ':6: plans: "year" is not a plan of the catalogue'),
        ("2026-11-30", "2026-11-19", ":8: last_day: 2026-11-19 is before the first day"),
        ("  first_day: 2026-11-20\n", "", ":3: first_day: is missing"),
        ("America/Los_Angeles", "PST8", ':9: time_zone: "PST8" is not a time zone'),
        ("plans: [quarter]", "carriers: [o2]", ':6: carriers: "o2" is not a carrier'),
        ("plans: [quarter]", "durations: [week]", ':6: durations: "week" is not a validity'),
        ("plans: [quarter]", "needs_code: maybe", ':6: needs_code: "maybe" is neither'),
        ("bonus: 10 GB", "amount_off: 5.00", ':5: amount_off: "5.00" has no currency'),
        ("plans:", "plan:", ":6: plan: is not a field here"),
        (GOOD, GOOD + GOOD.partition("promotions:\n")[2], ':10: code: "thanksgiving" already'),
    ],
)
def test_a_wrong_row_is_told_and_changes_nothing(
    tmp_path: Path, before: str, after: str, fault: str
) -> None:
    with pytest.raises(CatalogFaultsError) as caught:
        _import(tmp_path, GOOD.replace(before, after, 1))
    assert str(caught.value).startswith(f"promotions.yaml{fault}")
    assert not Promotion.objects.exists()
