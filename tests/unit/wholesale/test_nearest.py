"""Which of a supplier's codes is like one that it does not have."""

import pytest

from limosa.domain.wholesale.engine.nearest import nearest_of

LISTED = ["880001:r", "880001:30:r", "US_10_30", "TOPUP_US_10_30", "eu-5gb"]


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        ("880001", "880001:r"),
        ("us_10_30", "US_10_30"),
        ("US_10_31", "US_10_30"),
        ("EU-5GB", "eu-5gb"),
        ("asia", ""),
        ("", ""),
    ],
)
def test_the_nearest_is_found_or_none(code: str, nearest: str) -> None:
    assert nearest_of(code, LISTED) == nearest
