"""The examples of docs/reference/catalogue-file.md can be taken in as they stand there."""

import re
from pathlib import Path

import pytest

from limosa.domain.catalog.models import ExchangeRate, Plan
from limosa.domain.catalog.operations.import_catalog import import_catalog
from limosa.domain.catalog.operations.import_rates import import_rates
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.operations.import_promotions import import_promotions
from tests.factories import MOMENT
from tests.factories.catalog import make_carrier, make_plan, make_supplier

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "catalogue-file.md"


def _example(beginning: str, folder: Path, name: str) -> Path:
    blocks = re.findall(r"```\w*\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = folder / name
    path.write_text(next(text for text in blocks if beginning in text), encoding="utf-8")
    return path


def test_the_catalogue(tmp_path: Path) -> None:
    import_catalog(path=_example("suppliers:", tmp_path, "plans.yaml"), now=MOMENT)
    assert Plan.objects.get().code == "t-mobile-month-20gb"


def test_the_table(tmp_path: Path) -> None:
    make_supplier()
    make_carrier()
    import_catalog(path=_example("format,1,version", tmp_path, "plans.csv"), now=MOMENT)
    assert Plan.objects.get().code == "t-mobile-month-20gb"


def test_the_promotions(tmp_path: Path) -> None:
    make_plan(code="t-mobile-quarter-60gb")
    import_promotions(path=_example("promotions:", tmp_path, "promotions.yaml"))
    assert Promotion.objects.get().code == "thanksgiving-2026"


def test_the_rates(tmp_path: Path) -> None:
    import_rates(path=_example("date,currency", tmp_path, "rates.csv"))
    assert ExchangeRate.objects.count() == 2
