"""A file of rates is taken in whole, or changes nothing."""

from pathlib import Path

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.catalog.models import ExchangeRate
from limosa.domain.catalog.operations.import_rates import import_rates

pytestmark = pytest.mark.django_db

HEAD = "date,currency,per_eur\n"


def _write(folder: Path, text: str) -> Path:
    path = folder / "rates.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rates_are_stored_once_and_replaced(tmp_path: Path) -> None:
    path = _write(tmp_path, HEAD + "2026-10-30,USD,1.1172\n2026-10-30,JPY,175.68\n")
    assert import_rates(path=path) == 2
    assert import_rates(path=path) == 2
    import_rates(path=_write(tmp_path, HEAD + "2026-10-30,USD,1.1173\n"))
    stored = ExchangeRate.objects.order_by("currency")
    assert [(rate.currency, str(rate.per_euro), rate.source) for rate in stored] == [
        ("JPY", "175.68000000", "ECB"),
        ("USD", "1.11730000", "ECB"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ":1: the first row must be date,currency,per_eur"),
        ("day,currency,rate\n", ":1: the first row must be date,currency,per_eur"),
        (HEAD + "2026-10-30,USD\n", ":2: has 2 cells; the columns are date,currency,per_eur"),
        (HEAD + "30.10.2026,USD,1.1\n", ':2: date: "30.10.2026" is not a day'),
        (HEAD + "2026-10-30,EUR,1\n", ':2: currency: "EUR" is not a currency other than the euro'),
        (HEAD + "2026-10-30,USD,0.00\n", ':2: per_eur: "0.00" is not a rate'),
        (HEAD + "2026-10-30,USD,NaN\n", ':2: per_eur: "NaN" is not a rate'),
        (HEAD + "2026-10-30,USD,\n", ":2: per_eur: is missing"),
        (
            HEAD + "2026-10-30,USD,1.1\n2026-10-30,USD,1.2\n",
            ":3: currency: has a rate of this day already in line 2",
        ),
    ],
)
def test_a_wrong_row_is_told_and_changes_nothing(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(CatalogFaultsError) as caught:
        import_rates(path=_write(tmp_path, text))
    assert str(caught.value).startswith(f"rates.csv{fault}")
    assert not ExchangeRate.objects.exists()
