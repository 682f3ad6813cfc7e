"""How much of a state's counties which carrier covers, as the FCC was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.numbers import format_percent

from limosa.domain.coverage.models import CountyCoverage
from limosa.domain.coverage.queries import counties_of
from limosa.web.wording import formatting

COUNTIES_SHOWN = 60
_WHOLE, _PERCENT = 10_000, 100
# Of a county's area: from where a colour on the map begins.
_LEVELS = ((9_500, "level-4"), (7_500, "level-3"), (5_000, "level-2"), (1, "level-1"))


@dataclass(frozen=True, slots=True)
class Share:
    """What a carrier covers of a county: shares in words; empty: not told."""

    lte: str
    nr: str


@dataclass(frozen=True, slots=True)
class County:
    """A county, with a share for each of the carriers of the page; None: not told at all."""

    code: str
    name: str
    shares: tuple[Share | None, ...]


@dataclass(frozen=True, slots=True)
class StateShares:
    """`carriers`: the columns; `levels`: of the map, by county, the best of all carriers' 5G."""

    carriers: tuple[str, ...]
    counties: Sequence[County]
    levels: dict[str, str]


def state_shares(fips: str) -> StateShares:
    """Return what is known of a state's counties. One statement."""
    rows = counties_of(fips)
    carriers = tuple(sorted({row.operator for row in rows}, key=str.casefold))
    by_county: dict[str, dict[str, CountyCoverage]] = {}
    for row in rows:
        by_county.setdefault(row.county, {})[row.operator] = row
    counties = [_county(code, told, carriers) for code, told in by_county.items()]
    in_order = sorted(counties, key=lambda one: formatting.plain_letters(one.name))
    levels = {code: _level(told.values()) for code, told in by_county.items()}
    return StateShares(carriers, in_order, levels)


def _county(code: str, told: dict[str, CountyCoverage], carriers: Sequence[str]) -> County:
    shares = tuple(_share(told.get(carrier)) for carrier in carriers)
    return County(code, next(iter(told.values())).name, shares)


def _share(row: CountyCoverage | None) -> Share | None:
    if row is None:
        return None
    return Share(share_text(row.lte_basis_points), share_text(row.nr_basis_points))


def share_text(basis_points: int | None) -> str:
    """Return 98%, rounded down so that only all is 100%; empty: not told."""
    if basis_points is None:
        return ""
    if 0 < basis_points < _PERCENT:
        return f"<{_percent(1)}"
    return _percent(basis_points // _PERCENT)


def _percent(percent: int) -> str:
    return format_percent(percent / 100, locale=formatting.locale())


def _level(rows: Iterable[CountyCoverage]) -> str:
    told = [row.nr_basis_points for row in rows if row.nr_basis_points is not None]
    best = max(told, default=0)
    return next((kind for least, kind in _LEVELS if best >= least), "land")
