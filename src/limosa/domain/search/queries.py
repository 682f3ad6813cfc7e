"""What is found for a text: places, carriers, plans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from limosa.domain.coverage.engine.places import EVERYWHERE
from limosa.domain.coverage.queries import regions
from limosa.domain.search.engine.covering import PLACES_MAX, Reach, cheapest_set, subsets
from limosa.domain.search.engine.facets import in_currency, wanted_facets, wanted_generations
from limosa.domain.search.engine.plan_words import PlanWords
from limosa.domain.search.engine.reading import Reading, read
from limosa.domain.search.engine.terms import region_target
from limosa.domain.search.lookup import IndexedTerms

_REGION = region_target("")
# Of more plans than these, a page says that there are more.
COUNT_MAX = 100
# Each statement says in full what a plan has to be: {also} is what stands below, or nothing.
# Nearly every plan may fit: the first few in the order of prices are soon found.
_BY_PRICE = """
SELECT plan FROM search_planentry
 WHERE facets @> %(facets)s::text[] AND currency = %(currency)s AND days >= %(days)s
   AND (volume_bytes IS NULL OR volume_bytes >= %(volume)s)
 ORDER BY amount_minor, plan LIMIT %(limit)s
"""
# A place or a carrier has few plans, perhaps none: OFFSET 0 has them found first, then sorted.
_BY_FACETS = """
SELECT plan FROM (
    SELECT plan, amount_minor FROM search_planentry
     WHERE facets @> %(facets)s::text[] AND currency = %(currency)s AND days >= %(days)s
       AND (volume_bytes IS NULL OR volume_bytes >= %(volume)s)
       AND (%(generations)s::text[] = '{{}}' OR generations @> %(generations)s::text[])
       {also} OFFSET 0
) AS found ORDER BY amount_minor, plan LIMIT %(limit)s
"""
# The cheapest plan for each set of places, with the number of its set.
_CHEAPEST = """
SELECT wanted.part, best.plan, best.amount_minor
  FROM unnest(%(sets)s::text[], %(generations)s::text[])
       WITH ORDINALITY AS wanted(facets, generations, part),
       LATERAL (SELECT plan, amount_minor FROM (
                    SELECT plan, amount_minor FROM search_planentry
                     WHERE facets @> string_to_array(wanted.facets, ' ')
                       AND currency = %(currency)s AND days >= %(days)s
                       AND (volume_bytes IS NULL OR volume_bytes >= %(volume)s)
                       AND (wanted.generations = ''
                            OR generations @> string_to_array(wanted.generations, ' '))
                       {also} OFFSET 0
                ) AS found ORDER BY amount_minor, plan LIMIT 1) AS best
"""
_OF_CARRIERS = "AND facets && %(carriers)s::text[]"
# Of a region that no plan covers, those that reach a place in it: of some places, which have few.
_IN_SOME = "AND facets && %(some)s::text[]"
_COUNTS = """
SELECT (SELECT count(*) FROM (SELECT FROM search_planentry
         WHERE facets @> string_to_array(wanted.facets, ' ') LIMIT %(limit)s) AS counted)
  FROM unnest(%(sets)s::text[]) WITH ORDINALITY AS wanted(facets, place) ORDER BY wanted.place
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a text means, and the plans for it, the cheapest first.

    `plans`: codes of those that reach all places and are as the text says. `has_more`: there are
    more of them. `together`: where no single plan does, those that together cost the least.
    `is_relaxed`: no plan is as the text says, so that only its places and carriers count.
    """

    reading: Reading
    plans: tuple[str, ...] = ()
    has_more: bool = False
    together: tuple[str, ...] = ()
    is_relaxed: bool = False
    is_partial: bool = False


def find(text: str, *, language: str, currency: str, limit: int, is_exact: bool = False) -> Found:
    """Return what is found for a text, of any length and content.

    At most 12 + GUESSES_MAX statements, each by index. is_exact: no guesses.
    """
    reading = read(text, IndexedTerms(), language=language, is_exact=is_exact)
    words = reading.words
    is_of_none = bool(reading.unsold) and not (reading.places or reading.carriers)
    if is_of_none or not (reading.slots or words or reading.is_open):
        return Found(reading)
    found = _found(reading, words, currency, limit)
    if words and reading.slots and not (found.plans or found.together):
        relaxed = _found(reading, PlanWords(), currency, limit)
        if relaxed.plans or relaxed.together:
            return replace(relaxed, is_relaxed=True)
    return found


def _found(reading: Reading, words: PlanWords, currency: str, limit: int) -> Found:
    wanted = _Wanted(currency, words, reading.carriers)
    places = reading.places
    codes = wanted.plans(places, limit + 1)
    together: tuple[str, ...] = ()
    is_partial = False
    if not codes and 1 < len(places) <= PLACES_MAX:
        together = wanted.together(places)
    elif not codes and len(places) == 1 and (members := _members(places[0])):
        codes = wanted.plans((), limit + 1, some=members)
        is_partial = bool(codes)
    return Found(reading, tuple(codes[:limit]), len(codes) > limit, together, is_partial=is_partial)


def _members(target: str) -> tuple[str, ...]:
    """Return the countries of a region other than the world; none, if the target is no region."""
    if not target.startswith(_REGION) or target == region_target(EVERYWHERE):
        return ()
    code = target.removeprefix(_REGION)
    return next((one.countries for one in regions() if one.code == code), ())


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a plan has to be, wherever it goes."""

    currency: str
    words: PlanWords
    carriers: tuple[str, ...]

    def plans(self, places: Sequence[str], limit: int, *, some: Sequence[str] = ()) -> list[str]:
        """Return the codes of plans that reach all places, and of `some` at least one, the cheapest
        first."""
        statement = _BY_FACETS if places or some or self.carriers else _BY_PRICE
        rows = self._rows(
            statement,
            facets=self._facets(places),
            some=in_currency(self.currency, some),
            generations=wanted_generations(places, self.words),
            limit=limit,
        )
        return [row[0] for row in rows]

    def together(self, places: Sequence[str]) -> tuple[str, ...]:
        """Return the codes of the cheapest plans that together reach all places; empty: none do."""
        parts = subsets(places)
        sets = [" ".join(self._facets(sorted(part))) for part in parts]
        generations = [" ".join(wanted_generations(part, self.words)) for part in parts]
        rows = self._rows(_CHEAPEST, sets=sets, generations=generations)
        # Only for the set that it was found for: elsewhere it may not be as the words say.
        plans = [Reach(code, amount, parts[part - 1]) for part, code, amount in rows]
        return tuple(one.plan for one in cheapest_set(places, plans) or ())

    def _facets(self, places: Sequence[str]) -> list[str]:
        return in_currency(self.currency, wanted_facets(places, self.words))

    def _rows(self, statement: str, **values: list[str] | int) -> list[tuple[Any, ...]]:
        conditions = [_OF_CARRIERS] if self.carriers else []
        conditions += [_IN_SOME] if values.get("some") else []
        parameters: dict[str, list[str] | int | str] = {
            "currency": self.currency,
            "days": self.words.days,
            "volume": self.words.volume_bytes,
            "carriers": in_currency(self.currency, self.carriers),
            **values,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement.format(also=" ".join(conditions)), parameters)
            return list(cursor.fetchall())


def plan_counts(targets: Sequence[Sequence[str]], *, currency: str) -> list[int]:
    """Return how many plans reach all of each group of targets, in their order; counting stops at
    COUNT_MAX. One statement."""
    sets = [" ".join(in_currency(currency, group)) for group in targets]
    if not sets:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"sets": sets, "limit": COUNT_MAX})
        return [count for (count,) in cursor.fetchall()]
