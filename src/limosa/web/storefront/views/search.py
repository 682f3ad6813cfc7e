"""Search: by a place, a carrier or what a plan has to be. Nothing of what is typed is stored."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.search.engine.normalising import QUERY_LENGTH_MAX
from limosa.domain.search.engine.ranking import Candidate, popular
from limosa.domain.search.engine.reading import Reading
from limosa.domain.search.engine.terms import Kind
from limosa.domain.search.queries import Found, find
from limosa.web.storefront.plan_filters import COMPARED_MAX
from limosa.web.storefront.search_rows import (
    Names,
    in_list,
    plan_rows,
    popular_rows,
    search_url,
    slowed,
    target_rows,
    understood,
)
from limosa.web.storefront.views.plans import currency_of
from limosa.web.wording import formatting

PLANS_ON_PAGE, TARGETS_ON_PAGE = 20, 8
PLANS_SUGGESTED, TARGETS_SUGGESTED = 3, 5
POPULAR_COUNT = 8


def search(request: HttpRequest) -> HttpResponse:
    """Show what is found for `q`; with `exact`, only for names that are typed whole."""
    text = _typed(request)
    is_exact = request.GET.get("exact") == "1"
    currency, names = currency_of(request), Names()
    context: dict[str, Any] = {"q": text}
    if text:
        found = _find(text, currency, PLANS_ON_PAGE, is_exact=is_exact)
        context |= _found(found, currency, names, targets_max=TARGETS_ON_PAGE)
        context["exact_url"] = search_url(text, exact="1")
        context["is_exact"] = is_exact
    if not (context.get("targets") or context.get("plans")):
        context["popular"] = popular_rows(popular(POPULAR_COUNT), currency=currency, names=names)
    return render(request, "storefront/search.html", context)


def suggestions(request: HttpRequest) -> HttpResponse:
    """Return the options below the field for what is typed so far."""
    text = _typed(request)
    if not text:
        return render(request, "storefront/_suggestions.html")
    currency = currency_of(request)
    found = _find(text, currency, PLANS_SUGGESTED)
    context = _found(found, currency, Names(), targets_max=TARGETS_SUGGESTED)
    context["options"] = len(context["targets"]) + len(context["plans"])
    return render(request, "storefront/_suggestions.html", {"q": text, **context})


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:QUERY_LENGTH_MAX]


def _find(text: str, currency: str, limit: int, *, is_exact: bool = False) -> Found:
    language = formatting.language()
    return find(text, language=language, currency=currency, limit=limit, is_exact=is_exact)


def _found(found: Found, currency: str, names: Names, *, targets_max: int) -> dict[str, Any]:
    reading, now = found.reading, timezone.now()
    shown = _candidates(reading)[:targets_max]
    rows = plan_rows((*found.plans, *found.together), currency=currency, names=names, now=now)
    codes = frozenset(found.together)
    single = [row for row in rows if row.priced.plan.code not in codes]
    targets = target_rows(shown, reading.words, currency=currency, names=names)
    meant = {slot[0].term.targets for slot in reading.slots}
    likeliest = [row for one, row in zip(shown, targets, strict=True) if one.term.targets in meant]
    return {
        "reading": reading,
        "in_list": in_list(reading),
        "understood": understood(reading, names),
        "targets": targets,
        "plans": single,
        "compared": [row.priced.plan.code for row in single[:COMPARED_MAX]],
        "together": [row for row in rows if row.priced.plan.code in codes],
        "has_more": found.has_more,
        "is_relaxed": found.is_relaxed,
        "is_partial": found.is_partial,
        "unsold": names.of_all(reading.unsold),
        "slowed": slowed(rows, reading.words),
        "coverage": [row for row in likeliest if row.coverage],
    }


def _candidates(reading: Reading) -> list[Candidate]:
    """Return what the names may mean: the likeliest of each first, places before carriers."""
    likeliest = [slot[0] for slot in reading.slots]
    others = [one for slot in reading.slots for one in slot[1:]]
    found = {one.term.targets: one for one in reversed([*likeliest, *others])}
    in_order = list(reversed(found.values()))
    return sorted(in_order, key=lambda one: one.term.kind is Kind.CARRIER)
