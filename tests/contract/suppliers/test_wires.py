"""What is on each supplier's wire beside the answers that the documents show."""

from datetime import timedelta

import pytest

from limosa.domain.connectivity.answers import Delivered, Failure, Refused
from tests.contract.suppliers.harness import Harness
from tests.contract.suppliers.test_supplier_contract import NUMBER, order


def test_what_a_delivery_does_not_need_does_not_prevent_it(harness: Harness) -> None:
    harness.spoil()
    answer = order(harness)
    assert isinstance(answer, Delivered)
    assert answer.profile is not None
    assert answer.profile.activation_code


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "http_401"), (403, "http_403"), (429, "rate_limited")]
)
def test_who_is_turned_away_at_the_door_has_ordered_nothing(
    harness: Harness, status: int, reason: str
) -> None:
    if not harness.turn_away(status):
        return
    said = harness.adapter.order(harness.request(NUMBER))
    assert said == Refused(failure=Failure.AGAIN, reason=reason)
    assert harness.made(NUMBER) == 0


def test_who_is_to_come_again_later_is_told_when(harness: Harness) -> None:
    if not harness.turn_away(429, wait="Sun, 06 Nov 2094 08:00:00 GMT"):
        return
    said = harness.adapter.order(harness.request(NUMBER))
    assert isinstance(said, Refused)
    assert (said.failure, said.wait) == (Failure.AGAIN, timedelta(days=1))
