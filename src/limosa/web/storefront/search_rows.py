"""What a search found, as pages say it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from limosa.domain.catalog.models import Carrier
from limosa.domain.coverage.queries import regions
from limosa.domain.search.engine.alias_file import Inside
from limosa.domain.search.engine.normalising import is_han
from limosa.domain.search.engine.plan_words import PlanWords
from limosa.domain.search.engine.ranking import Candidate
from limosa.domain.search.engine.reading import Reading
from limosa.domain.search.engine.terms import (
    Form,
    Kind,
    Term,
    carrier_target,
    region_target,
    unsold_target,
)
from limosa.domain.search.queries import COUNT_MAX, plan_counts
from limosa.domain.search.shipped import shipped_inside
from limosa.domain.shelf.listing import Shelved
from limosa.foundation.volume import GB
from limosa.web.storefront.coverage_places import country_url
from limosa.web.storefront.plan_filters import Filters
from limosa.web.storefront.prices import prices_of
from limosa.web.storefront.us_states import UNITED_STATES, State, states
from limosa.web.wording import countries, formatting

NAMED_MAX = 3
_REGION, _CARRIER, _UNSOLD = region_target(""), carrier_target(""), unsold_target("")


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A place or a carrier, with the search that is for it alone. `note`: what was typed, where
    that is another name; `plans`: how many plans, in words. `coverage`: the address of the page
    with its networks, empty: it has none; `covered`: what that is of."""

    name: str
    note: str
    kind: str
    plans: str
    url: str
    coverage: str = ""
    covered: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan, its carrier's name, and where it goes, in words."""

    priced: Shelved
    carrier: str
    places: str


class Names:
    """Names of targets in the active language; those of regions and carriers are read once, when
    one is asked for."""

    def __init__(self) -> None:
        self._regions: dict[str, str] = {}
        self._carriers: dict[str, str] = {}

    def of(self, target: str) -> str:
        """Return a target's name."""
        if target.startswith(_REGION):
            return self._region(target.removeprefix(_REGION))
        if target.startswith(_CARRIER):
            return self.carrier(target.removeprefix(_CARRIER))
        if target.startswith(_UNSOLD):
            return target.removeprefix(_UNSOLD)
        return countries.name(target)

    def of_all(self, targets: Iterable[str]) -> str:
        """Return the names of several, joined."""
        return " + ".join(map(self.of, targets))

    def carrier(self, code: str) -> str:
        """Return a carrier's name."""
        if code not in self._carriers:
            self._carriers |= dict(Carrier.objects.values_list("code", "name"))
        return self._carriers.get(code, code)

    def _region(self, code: str) -> str:
        if not self._regions:
            language = formatting.language()
            self._regions = {one.code: one.name_in(language) for one in regions()}
        return self._regions.get(code, code)


def understood(reading: Reading, names: Names) -> str:
    """Return what was understood: United States · unlimited."""
    named = [*reading.carriers, *reading.unsold]
    parts = [names.of_all(reading.places), names.of_all(named)]
    if reading.is_open:
        parts.append(gettext("all plans"))
    return " · ".join(filter(None, [*parts, *words_said(reading.words)]))


def words_said(words: PlanWords) -> list[str]:
    """Return what a plan has to be, in the active language."""
    said = [gettext("unlimited")] if words.is_unlimited else []
    if words.generation:
        said.append(words.generation)
    if words.days:
        said.append(
            ngettext("at least %(count)d day", "at least %(count)d days", words.days)
            % {"count": words.days}
        )
    if words.volume_bytes:
        size = formatting.volume(words.volume_bytes)
        said.append(gettext("at least %(size)s") % {"size": size})
    if words.has_tethering:
        said.append(gettext("tethering"))
    if words.has_number:
        said.append(gettext("phone number"))
    return said


def in_list(reading: Reading) -> Filters | None:
    """Return the filters that ask the list of plans for the same, or for a little less: gigabytes
    are rounded down, and 4G is no filter. None: it has none for several places or carriers, nor for
    a region."""
    places, carriers, words = reading.places, reading.carriers, reading.words
    if len(places) > 1 or len(carriers) > 1 or not {*places} <= countries.CODES:
        return None
    return Filters(
        country="".join(places),
        carrier="".join(carriers).removeprefix(_CARRIER),
        days=words.days,
        gb=words.volume_bytes // GB,
        unlimited=words.is_unlimited,
        fiveg=words.generation == "5G",
        tethering=words.has_tethering,
        number=words.has_number,
    )


def target_rows(
    candidates: Sequence[Candidate], words: PlanWords, *, currency: str, names: Names
) -> list[TargetRow]:
    """Return a row for each candidate. One statement, and one each if there are regions and
    carriers among them."""
    terms = [one.term for one in candidates]
    counts = plan_counts([term.targets for term in terms], currency=currency)
    return [
        TargetRow(
            name=names.of_all(term.targets),
            note=name_inside(term),
            kind=_kind(term),
            plans=_plans(count) or _none_for_all(term),
            url=search_url(" ".join(filter(None, [_typed(term, names), *_words(words)]))),
            coverage=coverage_of(term),
            covered=state.name if (state := _state_of(term)) else names.of_all(term.targets),
        )
        for term, count in zip(terms, counts, strict=True)
    ]


def name_inside(term: Term) -> str:
    """Return what a place inside a country is called there or by its reader; nothing that a reader
    of another script could not read."""
    language = formatting.language()
    is_foreign = is_han(term.label) and not language.startswith("zh")
    if is_foreign or term.form is Form.CODE:
        return _inside(term).names.get(language, "")
    return term.label


def coverage_of(term: Term) -> str:
    """Return the address of the page with a place's networks, or with a carrier's; empty: there is
    none."""
    target = term.targets[0]
    if len(term.targets) > 1:
        return ""
    if target.startswith(_CARRIER):
        return reverse("coverage_carrier", args=[target.removeprefix(_CARRIER)])
    if target not in countries.CODES:
        return ""
    state = _state_of(term)
    return state.url if state else country_url(target)


def _state_of(term: Term) -> State | None:
    """Return the state of the United States that a place is or lies in."""
    is_there = term.targets == (UNITED_STATES,)
    return states().get(_inside(term).state.lower()) if is_there else None


def _inside(term: Term) -> Inside:
    return shipped_inside().get((term.targets[0], term.label), Inside())


def popular_rows(targets: Iterable[str], *, currency: str, names: Names) -> list[TargetRow]:
    """Return rows for the places that some plan reaches."""
    terms = [Term("", Kind.PLACE, 0, (target,)) for target in targets]  # type: ignore[arg-type]
    rows = target_rows(
        [Candidate(term) for term in terms], PlanWords(), currency=currency, names=names
    )
    return [row for row in rows if row.plans]


def search_url(text: str, **others: str) -> str:
    """Return the address of a search."""
    return f"{reverse('search')}?{urlencode({'q': text, **others})}"


def _typed(term: Term, names: Names) -> str:
    """Return what finds a target again."""
    return names.of_all(term.targets)


def _words(words: PlanWords) -> list[str]:
    """Return what makes the same words of a plan again: see engine.plan_words."""
    said = [gettext("unlimited")] if words.is_unlimited else []
    if words.generation:
        said.append(words.generation)
    if words.days:
        said.append(ngettext("%(count)d day", "%(count)d days", words.days) % {"count": words.days})
    if words.volume_bytes:
        said.append(f"{words.volume_bytes / GB:g}GB")
    if words.has_tethering:
        said.append("hotspot")
    if words.has_number:
        said.append(gettext("phone number"))
    return said


def _kind(term: Term) -> str:
    if term.kind is Kind.CARRIER:
        return gettext("Carrier")
    if len(term.targets) > 1:
        return gettext("Several countries")
    if term.label:
        return gettext("City or other place there")
    return (
        gettext("Region") if term.targets[0].startswith(_REGION) else gettext("Country or region")
    )


def _plans(count: int) -> str:
    if count >= COUNT_MAX:
        return gettext("%(count)d or more plans") % {"count": COUNT_MAX}
    if not count:
        return ""
    return ngettext("%(count)d plan", "%(count)d plans", count) % {"count": count}


def _none_for_all(term: Term) -> str:
    """Return what is said of a region that no plan covers: some may reach a part of it."""
    is_region = any(target.startswith(_REGION) for target in term.targets)
    return gettext("no plan for the whole region") if is_region else ""


def plan_rows(codes: Iterable[str], *, currency: str, names: Names, now: datetime) -> list[PlanRow]:
    """Return the plans that are offered, the cheapest as it costs now first. Three statements."""
    priced = prices_of(codes, currency=currency, now=now).values()
    in_order = sorted(priced, key=lambda one: (one.total.amount_minor, one.plan.code))
    return [
        PlanRow(one, names.carrier(one.plan.carrier_id), _where(one.plan.countries, names))
        for one in in_order
    ]


def slowed(rows: Iterable[PlanRow], words: PlanWords) -> str:
    """Return how much data was asked for, if some of the plans are slower before that is used;
    otherwise nothing."""
    is_slower = any(
        row.priced.plan.fair_use_bytes and row.priced.plan.fair_use_bytes < words.volume_bytes
        for row in rows
    )
    return formatting.volume(words.volume_bytes) if is_slower else ""


def _where(codes: Sequence[str], names: Names) -> str:
    if len(codes) <= NAMED_MAX:
        return formatting.listed([*map(names.of, codes)])
    return ngettext("%(count)d country", "%(count)d countries", len(codes)) % {"count": len(codes)}
