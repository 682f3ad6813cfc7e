"""What each coverage page colours on its map."""

from collections.abc import Collection

from limosa.web.storefront.county_shares import StateShares
from limosa.web.storefront.coverage_places import country_url
from limosa.web.storefront.drawn_maps import LAND, Look, Picture, drawn_map, picture
from limosa.web.storefront.us_states import UNITED_STATES, State, states
from limosa.web.wording import countries

_NEAR_MAX = 3


def world_map(sold: Collection[str]) -> Picture | None:
    """Return the world; a click on a country where something is sold leads to its page."""
    return picture("world", lambda code: Look("sold", country_url(code)) if code in sold else LAND)


def country_map(country: str, sold: Collection[str]) -> Picture | None:
    """Return a country among its neighbours, in another colour if nothing is sold there; of the
    United States, its states."""
    if country == UNITED_STATES:
        return states_map()
    name = f"countries/{country.lower()}"
    drawn = drawn_map(name)
    around = {shape.code for shape in drawn.shapes if shape.code} if drawn else set()

    def look(code: str) -> Look:
        if code == country:
            return Look("here") if code in sold else Look("none")
        return Look("near", country_url(code)) if code in sold else LAND

    return picture(name, look, names={code: countries.name(code) for code in around})


def states_map(here: str = "") -> Picture | None:
    """Return the United States; a click on a state leads to its page."""
    by_code = {state.code: state for state in states().values()}

    def look(code: str) -> Look:
        if code == here:
            return Look("here")
        state = by_code.get(code)
        kind = "near" if here else "sold"
        return Look(kind, state.url) if state else LAND

    return picture("us", look)


def state_map(state: State, shares: StateShares) -> Picture | None:
    """Return a state with how much of its counties is covered; where it stands among the others, if
    that is not known."""
    if not shares.levels:
        return states_map(state.code)
    others = {one.code: one for one in states().values()}

    def look(code: str) -> Look:
        if code in others:
            return LAND
        return Look(shares.levels.get(code, "none"))

    return picture(f"us/{state.slug}", look, names={one.code: one.name for one in others.values()})


def carrier_map(codes: Collection[str]) -> Picture | None:
    """Return where a carrier's plans work: in the one country, or in the world."""
    if len(codes) <= _NEAR_MAX and UNITED_STATES in codes:
        return picture("us", lambda _code: Look("sold"))
    if len(codes) == 1:
        return country_map(next(iter(codes)), codes)
    return world_map(codes)
