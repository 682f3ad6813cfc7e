"""What each coverage page is, for its title, for search engines and for whoever shares it.

Only what is known is said: no plan, no price; no network, no generation.
"""

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from limosa.domain.catalog.models import Carrier
from limosa.web.storefront.coverage_facts import OnSale, UsedNetwork
from limosa.web.storefront.public_pages import About
from limosa.web.storefront.us_states import State
from limosa.web.wording import countries, formatting

_NAMED_MAX = 4


def about_world(count: int) -> About:
    """Return what the list of places is."""
    text = ngettext(
        "eSIM data for %(count)d place: its networks, and prices with tax included.",
        "eSIM data for %(count)d places: the networks of each, and prices with tax included.",
        count,
    )
    return About(gettext("Where our plans work"), text % {"count": count}, is_indexed=count > 0)


def about_country(code: str, found: OnSale, used: Sequence[UsedNetwork]) -> About:
    """Return what a country's page is."""
    name = countries.name(code)
    title = gettext("eSIM for %(place)s: networks and plans") % {"place": name}
    return About(title, _description(name, found, used), is_indexed=bool(found.count))


def about_state(state: State, found: OnSale, *, has_counties: bool) -> About:
    """Return what a state's page is; without figures of its own it is not to be found."""
    title = gettext("eSIM for %(place)s: networks and plans") % {"place": state.name}
    said = gettext("How much of each county in %(place)s is covered.") % {"place": state.name}
    return About(title, _joined(said, _price(found)), is_indexed=has_counties and bool(found.count))


def about_carrier(carrier: Carrier, found: OnSale, count: int) -> About:
    """Return what a carrier's page is."""
    title = gettext("%(carrier)s: coverage and plans") % {"carrier": carrier.name}
    text = ngettext(
        "eSIM plans of %(carrier)s work in %(count)d place.",
        "eSIM plans of %(carrier)s work in %(count)d places.",
        count,
    )
    said = text % {"carrier": carrier.name, "count": count}
    return About(title, _joined(said, _price(found)), is_indexed=bool(found.count))


def _description(name: str, found: OnSale, used: Sequence[UsedNetwork]) -> str:
    if not found.count:
        return gettext("We have no plan for %(place)s yet.") % {"place": name}
    networks = formatting.enumeration(
        f"{one.operator} {one.generation}".rstrip() for one in used[:_NAMED_MAX]
    )
    said = gettext("Networks in %(place)s: %(networks)s.") % {"place": name, "networks": networks}
    return _joined(said if networks else "", _price(found))


def _price(found: OnSale) -> str:
    if found.least is None:
        return ""
    said = {"price": formatting.money(found.least)}
    return gettext("Prepaid eSIM data from %(price)s, tax included.") % said


def _joined(*sentences: str) -> str:
    return formatting.sentence_gap().join(filter(None, sentences))
