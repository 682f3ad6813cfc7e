"""Reads the shapes of places from the TopoJSON of the npm packages world-atlas and us-atlas.

In a topology, neighbours share the arcs between them, so what is simplified arc by arc still fits
together, and a border is an arc that two places share.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.map_geometry import Box, Point, angle_between, middle_of

# Natural Earth's names, in world-atlas, of what has no number of ISO 3166-1. Empty: nobody's list.
_NAMED = {
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "Somaliland": "SO",
    "Siachen Glacier": "",
    "Akrotiri": "CY",
    "Dhekelia": "CY",
    "USNB Guantanamo Bay": "CU",
    "Baikonur": "KZ",
    "Brazilian I.": "BR",
    "Southern Patagonian Ice Field": "",
    "Bir Tawil": "",
    "Cyprus U.N. Buffer Zone": "CY",
    "Ashmore and Cartier Is.": "AU",
    "Coral Sea Is.": "AU",
    "Indian Ocean Ter.": "AU",
    "Clipperton I.": "FR",
    "Spratly Is.": "",
    "Scarborough Reef": "",
    "Serranilla Bank": "",
    "Bajo Nuevo Bank": "",
    "Bajo Nuevo Bank (Petrel Is.)": "",
}
# What a shape has in it and ISO 3166-1 lists apart: by where it is, in degrees.
_PARTS: Mapping[str, Sequence[tuple[Box, str]]] = {
    "FR": (
        ((-55, 2, -51, 6.2), "GF"),
        ((-62, 15.7, -60.9, 16.7), "GP"),
        ((-61.4, 14.2, -60.7, 15), "MQ"),
        ((55, -21.6, 56, -20.6), "RE"),
        ((44.8, -13.2, 45.5, -12.4), "YT"),
    ),
    "NO": (((9, 74, 36, 81.5), "SJ"), ((-9.5, 70.6, -7.5, 71.4), "SJ"), ((3, -55, 4, -54), "BV")),
    "NL": (((-68.6, 11.9, -68, 12.5), "BQ"), ((-63.4, 17.3, -62.8, 17.8), "BQ")),
    "NZ": (((-173, -9.8, -171, -8.2), "TK"),),
    "AU": (((105.3, -10.8, 106, -10.2), "CX"), ((96.5, -12.5, 97.2, -11.6), "CC")),
    # Who it belongs to is disputed; as part of neither it is drawn in neither's colour.
    "RU": (((32.3, 44.2, 36.7, 46.3), ""),),
}
# Pairs whose border, or a part of it, is disputed.
_DISPUTED_PAIRS = """
    AM-AZ AZ-AM BT-CN BZ-GT CN-IN CN-PK CY-CY EG-SD EH-MA EH-MR EH-DZ ET-SO GE-RU GY-SR GY-VE
    IL-LB IL-PS IL-SY IN-NP IN-PK JO-PS KE-SS KG-TJ KH-TH KP-KR RS-XK RU-UA SD-SS SO-SO
"""
_DISPUTED = {frozenset(pair.split("-")) for pair in _DISPUTED_PAIRS.split()}


@dataclass(frozen=True, slots=True)
class Polygon:
    """Rings of arcs: the outline, then holes. An arc's number is ~n where it is run backwards.

    `middle`, `reach`: a circle around it, in degrees.
    """

    rings: Sequence[Sequence[int]]
    middle: Point
    reach: float


@dataclass(frozen=True, slots=True)
class Shape:
    """A place: its code, empty if it is nobody's; `name`: as the source has it."""

    code: str
    name: str
    polygons: Sequence[Polygon]


@dataclass(slots=True)
class Atlas:
    """Places, and the arcs that they are made of: positions."""

    arcs: Mapping[int, Sequence[Point]]
    shapes: list[Shape] = field(default_factory=list)

    def ring(self, arcs: Sequence[int], of: Mapping[int, Sequence[Point]]) -> list[Point]:
        """Return a ring put together from arcs, as they are in `of`."""
        found: list[Point] = []
        for number in arcs:
            line = of[number] if number >= 0 else of[~number][::-1]
            found += line[1:] if found else line
        return found[:-1]

    def borders(self, shapes: Sequence[Shape]) -> tuple[list[int], list[int]]:
        """Return the arcs between two of these: those that are settled, and those in dispute."""
        owners: dict[int, list[Shape]] = {}
        for shape in shapes:
            for polygon in shape.polygons:
                for number in {arc if arc >= 0 else ~arc for ring in polygon.rings for arc in ring}:
                    owners.setdefault(number, []).append(shape)
        shared = {arc: who for arc, who in owners.items() if len(who) > 1}
        disputed = sorted(arc for arc, who in shared.items() if _is_disputed(who[0], who[1]))
        return sorted({*shared} - {*disputed}), disputed


def _is_disputed(one: Shape, other: Shape) -> bool:
    return not one.code or not other.code or frozenset({one.code, other.code}) in _DISPUTED


def read_atlas(file: Path, layers: Mapping[str, str], codes: Mapping[str, str]) -> Atlas:
    """Read the layers of a file. `layers`: what stands before the codes of each, by name;
    `codes`: ours, by the source's numbers, where they differ."""
    topology = json.loads(file.read_text(encoding="utf-8"))
    atlas = Atlas(dict(enumerate(_arcs(topology))))
    for layer, prefix in layers.items():
        for one in topology["objects"][layer]["geometries"]:
            atlas.shapes += _shapes(one, atlas, prefix, codes)
    return atlas


def _arcs(topology: Mapping[str, Any]) -> Iterator[list[Point]]:
    (across, up), (left, bottom) = (topology["transform"][name] for name in ("scale", "translate"))
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            line.append((left + x * across, bottom + y * up))
        yield line


def _shapes(
    one: Mapping[str, Any], atlas: Atlas, prefix: str, codes: Mapping[str, str]
) -> Iterator[Shape]:
    """Yield a place, and apart from it what ISO 3166-1 lists apart."""
    name = one.get("properties", {}).get("name", "")
    number = str(one.get("id", ""))
    code = codes.get(number, number) if number and name not in _NAMED else _NAMED[name]
    found: dict[str, list[Polygon]] = {}
    for rings in one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]:
        polygon = _polygon(rings, atlas)
        found.setdefault(_part(code, polygon), []).append(polygon)
    for part, polygons in found.items():
        yield Shape(f"{prefix}{part}" if part else "", name, polygons)


def _part(code: str, polygon: Polygon) -> str:
    x, y = polygon.middle
    for (left, bottom, right, top), part in _PARTS.get(code, ()):
        if left <= x <= right and bottom <= y <= top:
            return part
    return code


def _polygon(rings: Sequence[Sequence[int]], atlas: Atlas) -> Polygon:
    outline = atlas.ring(rings[0], atlas.arcs)
    middle = middle_of(outline)
    return Polygon(rings, middle, max(angle_between(middle, one) for one in outline))
