"""Wholesalers' profiles are made anew as they run low."""

import sys
from pathlib import Path

import pytest

from limosa.simulators.wholesale.esims import Profile
from limosa.simulators.wholesale.profiles import NoProfileError
from limosa.simulators.wholesale.restocking import AFTER, RestockedProfiles

PROFILE = Profile("8999240100000001234", "M-1", "rsp.example")


class Stock:
    """A stock in a file with a letter for each profile, as the command fills it."""

    def __init__(self, file: Path, *, count: int) -> None:
        self.file = file
        file.write_text("x" * count)
        self.said = NoProfileError("none", is_for_now=False, is_none_left=True)

    @property
    def left(self) -> int:
        return len(self.file.read_text())

    def take(self, name: str) -> Profile:
        del name
        if not self.left:
            raise self.said
        self.file.write_text("x" * (self.left - 1))
        return PROFILE

    def give_back(self, name: str, profile: Profile) -> None:
        del name, profile


def restocked(stock: Stock) -> RestockedProfiles:
    code = "import sys; open(sys.argv[1], 'a').write('x' * int(sys.argv[2]))"
    return RestockedProfiles(stock, command=[sys.executable, "-c", code, str(stock.file)])


def wait(profiles: RestockedProfiles) -> None:
    assert profiles._running is not None
    assert profiles._running.wait(timeout=60) == 0


def test_as_many_are_made_as_were_taken(tmp_path: Path) -> None:
    stock = Stock(tmp_path / "stock", count=2 * AFTER)
    profiles = restocked(stock)
    for turn in range(AFTER - 1):
        profiles.take(str(turn))
    assert profiles._running is None
    profiles.take("last")
    wait(profiles)
    assert stock.left == 2 * AFTER


def test_if_none_is_left_more_are_made_at_once_and_the_order_has_one(tmp_path: Path) -> None:
    stock = Stock(tmp_path / "stock", count=0)
    profiles = restocked(stock)
    assert profiles.take("one") == PROFILE
    assert stock.left == AFTER - 1


def test_if_making_fails_the_order_comes_again(tmp_path: Path) -> None:
    stock = Stock(tmp_path / "stock", count=0)
    profiles = RestockedProfiles(stock, command=[sys.executable, "-c", "exit(1)"])
    with pytest.raises(NoProfileError) as refused:
        profiles.take("one")
    assert refused.value.is_for_now


def test_what_is_refused_or_away_has_none_made(tmp_path: Path) -> None:
    stock = Stock(tmp_path / "stock", count=0)
    stock.said = NoProfileError("no answer", is_for_now=True)
    profiles = restocked(stock)
    with pytest.raises(NoProfileError):
        profiles.take("one")
    assert profiles._running is None
