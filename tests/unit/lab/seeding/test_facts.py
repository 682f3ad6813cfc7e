"""The made-up people: repeatable, and of the shape that was asked for."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.volume import GB
from limosa_lab.seeding.facts import Chance, Size, SoldPlan, World
from limosa_lab.seeding.tables import tables

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
PLANS = [
    SoldPlan(f"month-{size}", "{}", "att", "own_network", size * GB, 1000 * size, 70 * size)
    for size in (5, 10, 20)
]


def _world(size: Size) -> World:
    return World(size, PLANS, NOW)


@st.composite
def sizes(draw: st.DrawFn) -> Size:
    subscribers = draw(st.integers(5, 300))
    esims = Size(subscribers, 0, 0).esims
    bundles = draw(st.integers(esims, 12 * esims))
    return Size(subscribers, bundles, draw(st.integers(0, bundles)), draw(st.integers(0, 99)))


@given(sizes())
def test_every_bundle_has_its_place_and_rounds_are_full(size: Size) -> None:
    world = _world(size)
    places = [world.place(number) for number in range(1, size.bundles + 1)]
    assert len(set(places)) == size.bundles
    per_esim = Counter(esim for esim, _ in places)
    assert set(per_esim) == set(range(1, size.esims + 1))
    assert max(per_esim.values()) - min(per_esim.values()) <= 1
    assert [turn for _, turn in places] == sorted((turn for _, turn in places), reverse=True)


@given(sizes())
def test_an_esim_has_at_most_one_running_and_one_waiting_bundle(size: Size) -> None:
    world = _world(size)
    states: dict[int, Counter[str]] = {}
    for number in range(1, size.bundles + 1):
        esim, fact = world.bundle(number)
        states.setdefault(esim, Counter())[fact.state] += 1
        assert (fact.ends_days < 0) == (fact.state in {"active", "queued"})
        assert (fact.ended_days is None) == (fact.state in {"active", "queued"})
        assert 0 <= fact.used_bytes <= fact.plan.volume_bytes
    assert all(count["active"] <= 1 and count["queued"] <= 1 for count in states.values())


@given(sizes())
def test_every_owner_is_a_person(size: Size) -> None:
    world = _world(size)
    owners = {world.owner(esim) for esim in range(1, size.esims + 1)}
    assert owners == set(range(1, size.subscribers + 1))


@pytest.mark.parametrize("length", [8, 12, 22])
def test_codes_come_once(length: int) -> None:
    chance = Chance(seed=7)
    codes = {chance.code(number, length=length) for number in range(20_000)}
    assert len(codes) == 20_000
    assert {len(code) for code in codes} == {length}


def test_a_share_is_even() -> None:
    chance = Chance(seed=7)
    counts = Counter(chance.of(1, number, 10) for number in range(50_000))
    assert all(4_500 < count < 5_500 for count in counts.values())


def test_the_same_seed_makes_the_same_rows_and_another_one_others() -> None:
    def text(seed: int) -> str:
        world = _world(Size(10, 60, 20, seed))
        lines = "".join("".join(table.lines()) for table in tables(world))
        return re.sub(r"\tenc1\.\S+", "", lines)  # What is encrypted looks different each time.

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_most_esims_have_a_running_bundle() -> None:
    size = Size(1000, 4800, 0)
    world = _world(size)
    states = Counter(world.bundle(number)[1].state for number in range(1, size.bundles + 1))
    assert 0.82 < states["active"] / size.esims < 0.94
    assert states["queued"] > 10
    assert states["refunded"] > 10
    assert states["exhausted"] < states["expired"]
