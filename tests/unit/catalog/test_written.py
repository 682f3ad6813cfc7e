"""A catalogue written as a file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

import limosa
from limosa.domain.catalog.engine.catalog_file import KnownCodes, read_catalog
from limosa.domain.catalog.engine.units import VOLUME_BYTES_MAX, read_volume
from limosa.domain.catalog.engine.written import volume_text, written

DATA = Path(limosa.__file__).parent / "data"
KNOWN = KnownCodes(adapters=frozenset({"own_network", "es2plus"}))


def test_what_ships_is_the_same_once_written_and_read_again() -> None:
    raw = (DATA / "catalog.yaml").read_bytes()
    catalog = read_catalog(raw, file="catalog.yaml", known=KNOWN)
    assert catalog.plans
    assert read_catalog(written(catalog).encode(), file="x.yaml", known=KNOWN) == catalog


@given(some.integers(1, VOLUME_BYTES_MAX))
def test_a_volume_is_written_exactly(volume_bytes: int) -> None:
    assert read_volume(volume_text(volume_bytes)) == volume_bytes


@pytest.mark.parametrize(
    ("volume_bytes", "text"),
    [(20 * 10**9, "20 GB"), (500 * 10**6, "500 MB"), (1, "0.000000001 GB")],
)
def test_a_volume_is_written_as_people_do(volume_bytes: int, text: str) -> None:
    assert volume_text(volume_bytes) == text
