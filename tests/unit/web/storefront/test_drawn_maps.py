"""The maps that ship: one for every place, light, whole numbers within the frame."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import limosa
from limosa.domain.coverage.shipped_places import shipped_countries
from limosa.web.storefront.drawn_maps import LAND, DrawnMap, Look, drawn_map, picture
from limosa.web.storefront.us_states import states

MAPS = Path(limosa.__file__).parent / "data" / "maps"
NAMES = sorted(file.relative_to(MAPS).with_suffix("").as_posix() for file in MAPS.rglob("*.json"))
MAP_BYTES_MAX = 30_000
# Uninhabited: nobody draws them apart.
WITHOUT = {"AQ", "BV", "UM", "US"}


def the_map(name: str) -> DrawnMap:
    found = drawn_map(name)
    assert found is not None
    return found


def points(path: str) -> Iterator[tuple[int, int]]:
    """Yield the points of a path that has lines alone."""
    for part in re.findall(r"M(-?\d+) (-?\d+)l([^Mza]*)", path):
        x, y = int(part[0]), int(part[1])
        yield x, y
        steps = [int(one) for one in re.findall(r"-?\d+", part[2])]
        for across, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + across, y + down
            yield x, y


def test_every_country_has_a_map_of_its_own() -> None:
    missing = {
        one.code
        for one in shipped_countries()
        if not (MAPS / "countries" / f"{one.code.lower()}.json").exists()
    }
    assert missing <= WITHOUT


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("countries/")])
def test_a_map_shows_its_country(name: str) -> None:
    code = name.removeprefix("countries/").upper()
    assert code in {shape.code for shape in the_map(name).shapes}


def test_the_world_has_every_country() -> None:
    shown = {shape.code for shape in the_map("world").shapes}
    tiny = {"BV", "GI", "TV", "TK", "UM", "AQ", "CC", "CX", "SJ", "BQ"}
    assert {one.code for one in shipped_countries()} - shown <= tiny


def test_every_state_has_a_map_and_stands_among_the_others() -> None:
    shown = {shape.code for shape in the_map("us").shapes}
    assert shown == {state.code for state in states().values()}
    for state in states().values():
        counties = [one for one in the_map(f"us/{state.slug}").shapes if len(one.code) == 5]
        assert counties
        assert {one.code[:2] for one in counties} == {state.fips}


@pytest.mark.parametrize("name", NAMES)
def test_a_map_is_light_and_within_its_frame(name: str) -> None:
    text = (MAPS / f"{name}.json").read_text(encoding="utf-8")
    drawn = the_map(name)
    most = 60_000 if name == "world" or name.startswith("us/") else MAP_BYTES_MAX
    assert len(text) <= most
    for shape in drawn.shapes:
        for x, y in points(shape.path):
            assert -8 <= x <= drawn.width + 8
            assert -8 <= y <= drawn.height + 8


def test_borders_in_dispute_are_apart_from_the_others() -> None:
    for code in ("in", "pk", "eh", "xk", "ua"):
        assert the_map(f"countries/{code}").disputed, code
    assert not the_map("countries/fr").disputed


def test_what_looks_alike_is_one_path() -> None:
    found = picture("countries/fr", lambda code: Look("here") if code == "FR" else LAND)
    assert found is not None
    assert [area.kind for area in found.areas] == ["land", "here"]


def test_a_name_is_written_where_there_is_room() -> None:
    found = picture("countries/fr", lambda _: LAND, names={"ES": "Spain", "LU": "Luxembourg" * 9})
    assert found is not None
    assert [label.text for label in found.labels] == ["Spain"]


def test_a_map_that_is_not_there_is_none() -> None:
    assert picture("countries/zz", lambda _: LAND) is None


def test_the_licences_of_the_shapes_are_beside_them() -> None:
    for name in ("LICENSE-WORLD-ATLAS.txt", "LICENSE-US-ATLAS.txt"):
        assert "Permission to use, copy, modify" in (MAPS / name).read_text(encoding="utf-8")


def test_the_files_are_as_the_tool_writes_them() -> None:
    found = json.loads((MAPS / "us.json").read_text(encoding="utf-8"))
    assert set(found) == {"width", "height", "shapes", "borders", "disputed"}


def test_nothing_is_drawn_across_the_world() -> None:
    drawn = the_map("world")
    for shape in drawn.shapes:
        for part in re.findall(r"M[^z]*z", shape.path):
            across = [x for x, _ in points(part)] or [0]
            assert max(across) - min(across) < drawn.width / 2, shape.code
