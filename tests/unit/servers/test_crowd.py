"""Each address and each token holds only so much open."""

from contextlib import ExitStack

from limosa.servers.crowd import Crowd


def test_each_has_its_own_places_and_gives_them_back() -> None:
    crowd = Crowd(each_max=2)
    with ExitStack() as held:
        assert [held.enter_context(crowd.place_for("a")) for _ in range(3)] == [True, True, False]
        assert held.enter_context(crowd.place_for("b"))
    with ExitStack() as held:
        assert [held.enter_context(crowd.place_for("a")) for _ in range(3)] == [True, True, False]


def test_whoever_is_not_known_is_not_limited() -> None:
    crowd = Crowd(each_max=1)
    with ExitStack() as held:
        assert all(held.enter_context(crowd.place_for("")) for _ in range(10))
