"""Stores what an origin says of plans: a row for each that says anything, and its networks once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from limosa.domain.coverage.engine.facts import (
    FLAGS,
    NOTHING,
    Networks,
    Origin,
    PlanFacts,
    digest_of,
    read_networks,
    written,
)
from limosa.domain.coverage.engine.stated_rows import Subject
from limosa.domain.coverage.models import NetworkSet, StatedFacts

_FILES = (Origin.PLAN_FILE, Origin.CARRIER_FILE)
_ROWS_PER_STATEMENT = 1_000
FACT_COLUMNS = [*FLAGS, "exit_country", "blocked_services"]
_SAYS_FACTS = Q(exit_country__gt="") | ~Q(blocked_services=[])
for _flag in FLAGS:
    _SAYS_FACTS |= Q(**{f"{_flag}__isnull": False})
_Item = TypeVar("_Item")


def stored_networks() -> dict[Subject, Networks]:
    """Return the networks that coverage files have stated."""
    rows = StatedFacts.objects.filter(origin__in=_FILES, networks__isnull=False)
    texts = rows.values_list("origin", "code", "networks__networks")
    return {Subject(Origin(origin), code): read_networks(text) for origin, code, text in texts}


def stored_facts() -> dict[Subject, PlanFacts]:
    """Return the other facts that coverage files have stated."""
    rows = StatedFacts.objects.filter(_SAYS_FACTS, origin__in=_FILES)
    return {Subject(Origin(row.origin), row.code): facts_of(row) for row in rows}


def facts_of(row: StatedFacts) -> PlanFacts:
    """Return what a row says, without its networks."""
    return PlanFacts(
        tethering=row.tethering,
        identity_check=row.identity_check,
        has_number=row.has_number,
        has_calls=row.has_calls,
        has_texts=row.has_texts,
        exit_country=row.exit_country,
        blocked_services=tuple(row.blocked_services),
    )


def whole_facts_of(row: StatedFacts) -> PlanFacts:
    """Return all that a row says; its set of networks should have been selected with it."""
    if row.networks is None:
        return facts_of(row)
    return replace(facts_of(row), networks=read_networks(row.networks.networks))


def columns_of(facts: PlanFacts) -> dict[str, Any]:
    """Return the columns of a row that says these facts, but for its networks."""
    return {
        **{name: getattr(facts, name) for name in FLAGS},
        "exit_country": facts.exit_country,
        "blocked_services": list(facts.blocked_services),
    }


def store_sets(networks: Iterable[Networks]) -> dict[str, str]:
    """Store each set of networks that is not there; return their digests by their text.

    A set that nobody states any more is kept: it is small, and may be stated again.
    """
    digests = {text: digest_of(text) for text in {written(one) for one in networks}}
    new = (NetworkSet(digest=digest, networks=text) for text, digest in sorted(digests.items()))
    for some in batches(new):
        NetworkSet.objects.bulk_create(some, ignore_conflicts=True)
    return digests


def batches(rows: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Yield rows in lists that fit a statement."""
    waiting = iter(rows)
    while some := list(islice(waiting, _ROWS_PER_STATEMENT)):
        yield some


def store_networks(networks: Mapping[Subject, Networks], *, now: datetime) -> None:
    """Make these the networks that coverage files state.

    The caller is in a transaction and holds the imports.
    """
    old = stored_networks()
    digests = store_sets(networks.values())
    changed = {subject: one for subject, one in networks.items() if old.get(subject) != one}
    _store(
        (
            StatedFacts(
                origin=subject.origin,
                code=subject.code,
                networks_id=digests[written(one)],
                stated_at=now,
            )
            for subject, one in changed.items()
        ),
        ["networks"],
    )
    _clear({*old} - {*networks}, networks=None)


def store_facts(facts: Mapping[Subject, PlanFacts], *, now: datetime) -> None:
    """Make these the other facts that coverage files state; as store_networks."""
    old = stored_facts()
    said = {subject: one for subject, one in facts.items() if one != NOTHING}
    changed = {subject: one for subject, one in said.items() if old.get(subject) != one}
    _store(
        (
            StatedFacts(
                origin=subject.origin,
                code=subject.code,
                stated_at=now,
                **columns_of(one),
            )
            for subject, one in changed.items()
        ),
        FACT_COLUMNS,
    )
    _clear({*old} - {*said}, **dict.fromkeys(FLAGS), exit_country="", blocked_services=[])


def forget_empty(rows: QuerySet[StatedFacts]) -> None:
    """Remove those of the rows that say nothing."""
    rows.filter(networks__isnull=True).exclude(_SAYS_FACTS).delete()


def _store(rows: Iterable[StatedFacts], columns: list[str]) -> None:
    for some in batches(rows):
        StatedFacts.objects.bulk_create(
            some,
            update_conflicts=True,
            unique_fields=["code", "origin", "supplier"],
            update_fields=[*columns, "stated_at"],
        )


def _clear(subjects: Iterable[Subject], **nothing: Any) -> None:
    for origin in _FILES:
        codes = sorted(one.code for one in subjects if one.origin is origin)
        for some in batches(codes):
            rows = StatedFacts.objects.filter(origin=origin, supplier="", code__in=some)
            rows.update(**nothing)
            forget_empty(rows)
