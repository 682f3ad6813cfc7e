"""When all of a bundle's money may go back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from limosa.domain.esims.engine.bundle_life import BundleState, may_be_returned

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Bought:
    state: BundleState
    used_bytes: int
    ends_at: datetime | None


@pytest.mark.parametrize(
    ("state", "used_bytes", "ends_at", "may"),
    [
        (BundleState.QUEUED, 0, None, True),
        (BundleState.QUEUED, 0, NOW + SECOND, True),
        (BundleState.ACTIVE, 0, NOW + SECOND, True),
        (BundleState.ACTIVE, 1, NOW + SECOND, False),
        (BundleState.ACTIVE, 0, NOW, False),
        (BundleState.ACTIVE, 0, NOW - SECOND, False),
        (BundleState.EXHAUSTED, 0, NOW + SECOND, False),
        (BundleState.EXPIRED, 0, NOW + SECOND, False),
        (BundleState.REFUNDED, 0, NOW + SECOND, False),
    ],
)
def test_what_is_unused_and_not_over_may_be_returned(
    state: BundleState,
    used_bytes: int,
    ends_at: datetime | None,
    may: bool,  # noqa: FBT001
) -> None:
    assert may_be_returned(Bought(state, used_bytes, ends_at), now=NOW) == may
