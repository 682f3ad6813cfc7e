"""Plans side by side: a row for each thing that is said of them, marked where they differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.domain.ratings.queries import Published
from limosa.domain.shelf.listing import Shelved
from limosa.web.storefront.plan_facts import NOT_STATED, Fact, facts_of
from limosa.web.storefront.plan_networks import network_text
from limosa.web.wording import countries, formatting, ratings
from limosa.web.wording.suiting import for_whom

_NAMED_MAX = 8


@dataclass(frozen=True, slots=True)
class Row:
    """What all plans say of one thing."""

    key: str
    label: str | Promise
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the plans are not all alike in this."""
        return len(set(self.cells)) > 1


def compared(
    plans: Sequence[Shelved],
    known: Mapping[str, PlanFacts],
    *,
    rated: Mapping[str, Published],
    country: str,
) -> list[Row]:
    """Return the rows for some plans, in the order of a plan's page.

    `known`: of each plan where it is used. `rated`: what buyers say, by plan.
    `country`: where the person goes; empty: if all plans are for one country alone, that one.
    """
    country = country or _only_country(plans)
    rows = [
        *_cost_rows(plans),
        *_place_rows(plans, known, country),
        _ratings_row(plans, rated),
        *_fact_rows(plans, known),
    ]
    return [row for row in rows if any(row.cells)]


def _ratings_row(plans: Sequence[Shelved], rated: Mapping[str, Published]) -> Row:
    cells = (_rating(rated.get(row.plan.code)) for row in plans)
    return Row("ratings", gettext_lazy("Ratings by buyers"), tuple(cells))


def _rating(found: Published | None) -> str:
    if found is None:
        return gettext("Not enough yet")
    said = {
        "score": ratings.score(found.overall.mean),
        "country": countries.name(found.country),
        "count": found.count,
    }
    text = ngettext(
        "%(score)s of 5, %(country)s, %(count)d buyer",
        "%(score)s of 5, %(country)s, %(count)d buyers",
        found.count,
    )
    shown = text % said
    if not found.is_demo:
        return shown
    return gettext("%(text)s (%(note)s)") % {"text": shown, "note": gettext("demo data")}


def _only_country(plans: Sequence[Shelved]) -> str:
    common = set.intersection(*(set(row.plan.countries) for row in plans)) if plans else set()
    return common.pop() if len(common) == 1 else ""


def _place_rows(
    plans: Sequence[Shelved], known: Mapping[str, PlanFacts], country: str
) -> Iterator[Row]:
    yield Row("where", gettext_lazy("Where"), tuple(_places(row) for row in plans))
    if country:
        label = gettext("Networks: %(country)s") % {"country": countries.name(country)}
        cells = (
            network_text(known[row.plan.code].networks.get(country, ())) or str(NOT_STATED)
            for row in plans
        )
        yield Row("networks", label, tuple(cells))


def _places(row: Shelved) -> str:
    codes = row.plan.countries
    if len(codes) <= _NAMED_MAX:
        return formatting.enumeration([countries.name(code) for code in codes])
    return ngettext("%(count)d country", "%(count)d countries", len(codes)) % {"count": len(codes)}


def _cost_rows(plans: Sequence[Shelved]) -> Iterator[Row]:
    yield Row("gb", gettext_lazy("Per GB"), tuple(_per_gb(plan) for plan in plans))
    per_day = tuple(formatting.money(plan.per_day) for plan in plans)
    yield Row("day", gettext_lazy("Per day"), per_day)
    suited = [(plan.suits and for_whom(plan.suits)) or "" for plan in plans]
    yield Row("suits", gettext_lazy("For whom"), tuple(suited))


def _per_gb(plan: Shelved) -> str:
    price = formatting.money(plan.per_gb)
    if plan.plan.fair_use_bytes is None:
        return price
    return gettext("%(price)s at full speed") % {"price": price}


def _fact_rows(plans: Sequence[Shelved], known: Mapping[str, PlanFacts]) -> Iterator[Row]:
    said = [{fact.key: fact for fact in facts_of(plan, known[plan.plan.code])} for plan in plans]
    keys = dict.fromkeys(key for facts in said for key in facts)
    for key in keys:
        facts: list[Fact | None] = [one.get(key) for one in said]
        label = next(fact.label for fact in facts if fact)
        yield Row(key, label, tuple(fact.shown if fact else "–" for fact in facts))
