"""How often one eUICC may ask."""

import pytest

from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.servers.smdp.eid_limit import REMEMBERED_MAX, EidLimit

EID, OTHER = "8" * 32, "9" * 32


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused(limit: EidLimit, eid: str) -> bool:
    try:
        limit.admit(eid)
    except RspRefusal as refusal:
        return refusal.status is RspStatus.TEMPORARILY_UNAVAILABLE
    return False


def test_one_that_asks_too_often_is_refused_and_others_are_not() -> None:
    limit = EidLimit(per_minute=3, clock=Clock())
    assert [refused(limit, EID) for _ in range(5)] == [False, False, False, True, True]
    assert not refused(limit, OTHER)


def test_it_is_admitted_again_as_time_passes_and_never_more_than_a_minutes_share() -> None:
    clock = Clock()
    limit = EidLimit(per_minute=3, clock=clock)
    assert sum(not refused(limit, EID) for _ in range(9)) == 3
    clock.now += 20
    assert [refused(limit, EID) for _ in range(2)] == [False, True]
    clock.now += 3600
    assert sum(not refused(limit, EID) for _ in range(9)) == 3


def test_zero_is_any_number() -> None:
    limit = EidLimit(per_minute=0)
    assert not any(refused(limit, EID) for _ in range(1000))


def test_the_one_that_came_longest_ago_is_forgotten() -> None:
    limit = EidLimit(per_minute=1, clock=Clock())
    assert not refused(limit, EID)
    for number in range(REMEMBERED_MAX):
        limit.admit(str(number))
    assert not refused(limit, EID)


@pytest.mark.parametrize("per_minute", [1, 7, 60])
def test_a_steady_pace_within_the_limit_is_never_refused(per_minute: int) -> None:
    clock = Clock()
    limit = EidLimit(per_minute=per_minute, clock=clock)
    for _ in range(3 * per_minute):
        assert not refused(limit, EID)
        clock.now += 60.5 / per_minute
