"""The list of the pages that engines may know: an index, and parts that it names.

A part has at most 50,000 addresses, as sitemaps.org asks: each page has one by the reader's
settings and one for every language.
"""

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.cache import cache_control

from limosa.domain.catalog.queries import default_currency
from limosa.domain.coverage.models import CountyCoverage
from limosa.domain.ratings.queries import places_by_buyers
from limosa.domain.shelf.listing import carriers_on_sale, codes_on_sale
from limosa.web.storefront.coverage_places import country_url
from limosa.web.storefront.plan_list import sold_in
from limosa.web.storefront.public_pages import address_of, addresses_of
from limosa.web.storefront.us_states import UNITED_STATES, states

PLANS_IN_PART = 2_000
PLACES_MAX = 2_000
_PAGES, _PLANS = "pages", "plans"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_SITE = ("home", "plans", "device_check", "advice", "facts", "ratings", "coverage")
_BETWEEN = "-after-"
_an_hour = cache_control(max_age=3600, public=True)


@_an_hour
def index(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Name the parts: the pages of the site, and of plans as many as there have to be."""
    codes = codes_on_sale(currency=default_currency())
    starts = codes[PLANS_IN_PART - 1 : len(codes) - 1 : PLANS_IN_PART]
    names = [_PAGES, *([_PLANS] if codes else []), *(f"{_PLANS}{_BETWEEN}{one}" for one in starts)]
    paths = [reverse("sitemap_part", args=[name]) for name in names]
    return _xml("sitemapindex", "sitemap", map(address_of, paths))


@_an_hour
def part(request: HttpRequest, part: str) -> HttpResponse:  # noqa: ARG001
    """List the pages of a part."""
    kind, _, after = part.partition(_BETWEEN)
    if part == _PAGES:
        paths = _page_paths()
    elif kind == _PLANS:
        codes = codes_on_sale(currency=default_currency(), after=after, limit=PLANS_IN_PART)
        paths = [reverse("plan", args=[code]) for code in codes]
    else:
        raise Http404
    return _xml("urlset", "url", (one.address for path in paths for one in addresses_of(path)))


def _page_paths() -> Sequence[str]:
    sold = sold_in(timezone.now())
    counted = {*CountyCoverage.objects.values_list("state", flat=True).distinct()}
    return [
        *map(reverse, _SITE),
        *map(country_url, sold),
        *(one.url for one in states().values() if one.fips in counted and UNITED_STATES in sold),
        *(reverse("coverage_carrier", args=[one.code]) for one in carriers_on_sale()),
        *(reverse("rating_place", args=[*place]) for place in places_by_buyers(most=PLACES_MAX)),
    ]


def _xml(whole: str, each: str, addresses: Iterable[str]) -> HttpResponse:
    lines = "\n".join(f"<{each}><loc>{escape(one)}</loc></{each}>" for one in addresses)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{whole} xmlns="{_NAMESPACE}">\n{lines}\n'
    return HttpResponse(f"{text}</{whole}>\n", content_type="application/xml")
