"""Volumes as people read them: three digits at most, and never more than there is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.volume import GB, KB, MB, parts

UNITS = {"KB": KB, "MB": MB, "GB": GB}


@pytest.mark.parametrize(
    ("volume_bytes", "shown"),
    [
        (0, "0 KB"),
        (999, "0 KB"),
        (999_999, "999 KB"),
        (MB, "1 MB"),
        (999_999_999, "999 MB"),
        (GB, "1 GB"),
        (1_099_999_999, "1 GB"),
        (1_100_000_000, "1.1 GB"),
        (19_999_999_999, "19.9 GB"),
        (100 * GB - 1, "99.9 GB"),
        (100 * GB, "100 GB"),
        (1_234 * GB, "1234 GB"),
    ],
)
def test_a_volume_is_shown(volume_bytes: int, shown: str) -> None:
    assert " ".join(parts(volume_bytes)) == shown


@given(st.integers(min_value=0, max_value=10**15))
def test_never_more_is_shown_than_there_is(volume_bytes: int) -> None:
    number, unit = parts(volume_bytes)
    shown = Decimal(number) * UNITS[unit]
    step = GB // 10 if GB <= volume_bytes < 100 * GB else UNITS[unit]
    assert shown <= volume_bytes < shown + step
