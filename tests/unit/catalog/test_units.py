"""The texts that people write in a catalogue, and what they are told when one cannot be read."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.catalog.engine import units
from limosa.domain.catalog.engine.faults import UnreadableTextError
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.money import Money, exponent
from limosa.foundation.period import Validity, ValidityUnit

DAY, MONTH = ValidityUnit.DAY, ValidityUnit.MONTH
dollars = partial(units.read_price, currency="USD")
yen = partial(units.read_price, currency="JPY")
dinars = partial(units.read_price, currency="KWD")


@pytest.mark.parametrize(
    ("reader", "text", "expected"),
    [
        (units.read_volume, "20 GB", 20_000_000_000),
        (units.read_volume, "1.5GB", 1_500_000_000),
        (units.read_volume, "500 MB", 500_000_000),
        (units.read_volume, "1 TB", 1_000_000_000_000),
        (units.read_volume, "0.000001 MB", 1),
        (units.read_speed, "1 Mbps", 1000),
        (units.read_speed, "512 kbps", 512),
        (units.read_speed, "1.5 Mbps", 1500),
        (units.read_validity, "7 days", Validity(7, DAY)),
        (units.read_validity, "1 day", Validity(1, DAY)),
        (units.read_validity, "1 month", Validity(1, MONTH)),
        (units.read_validity, "2 years", Validity(24, MONTH)),
        (units.read_days, "180 days", 180),
        (dollars, "25.00", 2500),
        (dollars, "25", 2500),
        (dollars, "0.01", 1),
        (dollars, "25.000", 2500),
        (yen, "2500", 2500),
        (dinars, "7.125", 7125),
        (units.read_country, "NO", "NO"),
        (units.read_percent_off, "90", 90),
        (units.read_day, "2026-11-20", date(2026, 11, 20)),
        (units.read_time_zone, "Asia/Shanghai", "Asia/Shanghai"),
        (units.read_code, "t-mobile_20gb", "t-mobile_20gb"),
        (units.read_plan_code, "compare-20gb", "compare-20gb"),
    ],
)
def test_a_text_is_read_exactly(
    reader: Callable[[str], object], text: str, expected: object
) -> None:
    assert reader(text) == expected


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        (units.read_volume, "20", 'write a number and KB, MB, GB or TB, as "20 GB"'),
        (units.read_volume, "20 GiB", '"20 GiB" is not a volume'),
        (units.read_volume, "-1 GB", '"-1 GB" is not a volume'),
        (units.read_volume, "２0 GB", "is not a volume"),
        (units.read_volume, "0 GB", "a volume is above 0 and at most 1000 TB"),
        (units.read_volume, "1001 TB", "a volume is above 0 and at most 1000 TB"),
        (units.read_volume, "0.0001 KB", "is not a whole number of bytes"),
        (units.read_speed, "1 MB", 'write a number and kbps, Mbps or Gbps, as "1 Mbps"'),
        (units.read_speed, "0 kbps", "a speed is a whole number of kbps"),
        (units.read_speed, "0.5 kbps", "a speed is a whole number of kbps"),
        (units.read_validity, "month", 'write "7 days", "1 month", "3 months" or "1 year"'),
        (units.read_validity, "0 days", "is not a validity"),
        (units.read_validity, "11 years", "use at most 120 months"),
        (units.read_validity, "3661 days", "use at most 3660 days"),
        (units.read_days, "6 months", 'write it as "180 days"'),
        (dollars, "$25.00", 'as "25.00"'),
        (dollars, "25,00", "is not a price"),
        (dollars, "1e3", "is not a price"),
        (dollars, "25.001", "has more decimals than USD has; use at most 2"),
        (yen, "25.50", "has more decimals than JPY has; use at most 0"),
        (yen, "x", 'as "25"'),
        (dollars, "0.00", "a price is above 0"),
        (units.read_country, "us", "two capital letters of ISO 3166"),
        (units.read_country, "ZZ", '"ZZ" is not a country'),
        (units.read_percent_off, "91", "a whole number from 1 to 90"),
        (units.read_percent_off, "0", "a whole number from 1 to 90"),
        (units.read_percent_off, "²", "a whole number from 1 to 90"),
        (units.read_day, "20.11.2026", 'as "2026-11-20"'),
        (units.read_day, "2026-02-30", "is not a day"),
        (units.read_time_zone, "Shanghai", "is not a time zone"),
        (units.read_time_zone, "../etc/passwd", "is not a time zone"),
        (units.read_code, "T-Mobile", "use small letters, digits and hyphens"),
        (units.read_code, "x" * 51, "at most 50"),
        (units.read_plan_code, "compare", "is the address of another page; use another code"),
        (units.read_plan_code, "A", "use small letters, digits and hyphens"),
        (units.read_name, "x" * 81, "is 81 characters long; use at most 80"),
    ],
)
def test_a_text_that_cannot_be_read_is_told_with_what_to_write(
    reader: Callable[[str], object], text: str, message: str
) -> None:
    with pytest.raises(UnreadableTextError) as caught:
        reader(text)
    assert message in str(caught.value)


@given(st.integers(1, 10**12 - 1), st.sampled_from(sorted(CURRENCIES)))
def test_every_amount_survives_being_written_and_read(amount_minor: int, currency: str) -> None:
    written = f"{Money(amount_minor, currency).to_decimal():f}"
    assert units.read_price(written, currency=currency) == amount_minor


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_and_never_anything_else(text: str) -> None:
    readers: list[Callable[[str], object]] = [
        units.read_volume,
        units.read_speed,
        units.read_validity,
        units.read_day,
        units.read_country,
        units.read_percent_off,
        units.read_time_zone,
        dollars,
    ]
    for reader in readers:
        with suppress(UnreadableTextError):
            reader(text)


def test_every_currency_has_the_minor_unit_of_iso_4217() -> None:
    assert {currency for currency in CURRENCIES if exponent(currency) == 3} == {
        "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND",
    }  # fmt: skip
    assert {currency for currency in CURRENCIES if exponent(currency) == 0} == {
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
        "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    }  # fmt: skip
