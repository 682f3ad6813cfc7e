"""Maps, as `make maps` drew them: what a page colours in them, and which borders it shows.

A map helps the eye; the page beside it says all that it shows. Files: limosa/data/maps.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

from limosa.domain.coverage.shipped_places import DATA

# A map of a country is a few kilobytes; so many are kept in memory.
_KEPT_MAX = 128
# Of a map's width: about how wide a letter of a name is, in Latin and in Chinese.
_LETTER, _WIDE_LETTER, _ASIDE = 9.5, 18.0, 14.0
_LABELS_MAX = 9


@dataclass(frozen=True, slots=True)
class Shape:
    """A place on a map; `code` empty: nobody's. At (x, y) it has `room` for a name."""

    code: str
    path: str
    x: int
    y: int
    room: int


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """A map without colours. `borders`, `disputed`: paths of the lines between shapes."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    borders: str
    disputed: str


@dataclass(frozen=True, slots=True)
class Look:
    """How a page shows a shape. `kind`: a colour of the style sheet; `url`: where a click on it
    leads."""

    kind: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a picture in one colour, of one shape or of several."""

    path: str
    kind: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A name on a picture."""

    text: str
    x: int
    y: int
    kind: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A map as a page shows it. `disputes`: how lines in dispute are drawn; empty: like others."""

    width: int
    height: int
    areas: list[Area]
    borders: str
    disputed: str
    disputes: str
    labels: list[Label] = field(default_factory=list)


LAND = Look("land")


def picture(
    name: str,
    look: Callable[[str], Look],
    *,
    names: Mapping[str, str] | None = None,
) -> Picture | None:
    """Return a map in a page's colours; None: there is none, or the operator shows none.

    look: of a shape's code. names: those that are written where there is room, by code.
    """
    drawn = None if settings.MAP_VIEW == "none" else drawn_map(name)
    if drawn is None:
        return None
    return Picture(
        drawn.width,
        drawn.height,
        _areas(drawn.shapes, look),
        drawn.borders,
        drawn.disputed,
        {"dashed": "map-dashed", "hidden": "map-hidden"}.get(settings.MAP_VIEW, ""),
        [*_labels(drawn, look, names or {})],
    )


@lru_cache(maxsize=_KEPT_MAX)
def drawn_map(name: str) -> DrawnMap | None:
    """Return a map by the name of its file; None: there is none."""
    try:
        text = (DATA / "maps" / f"{name}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    found = json.loads(text)
    shapes = tuple(Shape(*row) for row in found["shapes"])
    return DrawnMap(found["width"], found["height"], shapes, found["borders"], found["disputed"])


def _areas(shapes: Iterable[Shape], look: Callable[[str], Look]) -> list[Area]:
    """Return the shapes; those that look alike are one path, and what stands out comes last."""
    found: dict[Look, list[str]] = {LAND: []}
    for shape in shapes:
        found.setdefault(look(shape.code) if shape.code else LAND, []).append(shape.path)
    return [Area("".join(paths), one.kind, one.url) for one, paths in found.items() if paths]


def _labels(
    drawn: DrawnMap, look: Callable[[str], Look], names: Mapping[str, str]
) -> Iterable[Label]:
    fitting = [
        shape
        for shape in drawn.shapes
        if shape.code in names and _width(names[shape.code]) <= shape.room
    ]
    largest = sorted(fitting, key=lambda shape: -shape.room)[:_LABELS_MAX]
    return [Label(names[one.code], one.x, one.y, look(one.code).kind) for one in largest]


def _width(text: str) -> float:
    return _ASIDE + sum(_WIDE_LETTER if letter > "\u2e80" else _LETTER for letter in text)
