"""Where plans work: the world, a country, a state of the United States, a carrier."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from limosa.domain.catalog.models import Carrier
from limosa.domain.coverage.credits import credits_for
from limosa.domain.coverage.queries import operators_of
from limosa.domain.ratings.queries import best_published, published_for
from limosa.domain.shelf.listing import countries_on_sale
from limosa.domain.shelf.wanted import Wanted
from limosa.web.storefront.county_shares import COUNTIES_SHOWN, state_shares
from limosa.web.storefront.coverage_facts import (
    NETWORKS_SHOWN,
    carriers_not_stated,
    fastest_of,
    on_sale,
    other_operators,
    reached,
    used_networks,
)
from limosa.web.storefront.coverage_maps import (
    carrier_map,
    country_map,
    state_map,
    world_map,
)
from limosa.web.storefront.coverage_places import groups, place, popular_places
from limosa.web.storefront.coverage_words import (
    about_carrier,
    about_country,
    about_state,
    about_world,
)
from limosa.web.storefront.plan_list import sold_in
from limosa.web.storefront.us_states import UNITED_STATES, states
from limosa.web.storefront.views.plans import currency_of
from limosa.web.wording import countries

RATED_SHOWN = 3


def world(request: HttpRequest) -> HttpResponse:
    """Show all places that a plan on sale reaches."""
    sold = frozenset(sold_in(timezone.now()))
    return render(
        request,
        "storefront/coverage.html",
        {
            "about": about_world(len(sold)),
            "groups": groups(sold),
            "popular": popular_places(sold),
            "count": len(sold),
            "map": world_map(sold),
        },
    )


def country(request: HttpRequest, country: str) -> HttpResponse:
    """Show what is known of a country: its networks, and what is sold for it."""
    code = country.upper()
    if code not in countries.CODES:
        raise Http404
    if country != code.lower():
        return HttpResponsePermanentRedirect(place(code).url)
    now = timezone.now()
    found = on_sale(Wanted(country=code), currency=currency_of(request), now=now)
    used = used_networks(found, country=code)
    others = other_operators(operators_of(code), used)
    sold = frozenset(sold_in(now))
    return render(
        request,
        "storefront/coverage_country.html",
        {
            "about": about_country(code, found, used),
            "place": place(code),
            "found": found,
            "used": used,
            "fastest": fastest_of(used),
            "not_stated": carriers_not_stated(found, country=code),
            "others": others,
            "rated": best_published(most=RATED_SHOWN, country=code),
            "shown_at_once": NETWORKS_SHOWN,
            "credits": credits_for(others),
            "states": [*states().values()] if code == UNITED_STATES else [],
            "map": country_map(code, sold),
        },
    )


def state(request: HttpRequest, state: str) -> HttpResponse:
    """Show what is known of a state: how much of its counties is covered, and what is sold."""
    found = states().get(state.lower())
    if found is None:
        raise Http404
    if state != found.slug:
        return HttpResponsePermanentRedirect(found.url)
    now = timezone.now()
    plans = on_sale(Wanted(country=UNITED_STATES), currency=currency_of(request), now=now)
    used = used_networks(plans, country=UNITED_STATES)
    shares = state_shares(found.fips)
    page = Paginator(shares.counties, COUNTIES_SHOWN).get_page(request.GET.get("page"))
    return render(
        request,
        "storefront/coverage_state.html",
        {
            "about": about_state(found, plans, has_counties=bool(shares.counties)),
            "place": place(UNITED_STATES),
            "state": found,
            "states": [*states().values()],
            "found": plans,
            "used": used,
            "not_stated": carriers_not_stated(plans, country=UNITED_STATES),
            "shares": shares,
            "page": page,
            "map": state_map(found, shares),
        },
    )


def carrier(request: HttpRequest, carrier: str) -> HttpResponse:
    """Show where a carrier's plans work, and on which networks."""
    known = get_object_or_404(Carrier, pk=carrier)
    now = timezone.now()
    found = on_sale(Wanted(carrier=known.code), currency=currency_of(request), now=now)
    codes = frozenset(countries_on_sale(carrier=known.code))
    networks = dict(reached(found, codes))
    return render(
        request,
        "storefront/coverage_carrier.html",
        {
            "about": about_carrier(known, found, len(codes)),
            "carrier": known,
            "found": found,
            "groups": [
                (group, [(one, networks[one.code]) for one in group.places])
                for group in groups(codes)
            ],
            "count": len(codes),
            "ratings": published_for(known.code, codes),
            "map": carrier_map(codes),
        },
    )
