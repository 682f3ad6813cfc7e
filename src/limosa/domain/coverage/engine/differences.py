"""What a coverage file would change, in lines for a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from limosa.domain.coverage.engine.facts import (
    NO_NETWORKS,
    NOTHING,
    Networks,
    PlanFacts,
    without_networks,
)
from limosa.domain.coverage.engine.places import Region
from limosa.domain.coverage.engine.stated_rows import Subject

_NOT_STATED = "-"
# That is a statement too: it counts before what others say.
_NOBODY_CAN_SAY = "nobody can say"


def of_networks(old: Mapping[Subject, Networks], new: Mapping[Subject, Networks]) -> Iterator[str]:
    """Yield a line for each subject and country whose networks change."""
    for subject in sorted({*old, *new}):
        before, after = old.get(subject, NO_NETWORKS), new.get(subject, NO_NETWORKS)
        for line in between(PlanFacts(networks=before), PlanFacts(networks=after)):
            yield f"{subject} {line}"


def of_facts(old: Mapping[Subject, PlanFacts], new: Mapping[Subject, PlanFacts]) -> Iterator[str]:
    """Yield a line for each subject and fact that changes; networks are left out."""
    for subject in sorted({*old, *new}):
        before, after = old.get(subject, NOTHING), new.get(subject, NOTHING)
        for line in between(without_networks(before), without_networks(after)):
            yield f"{subject} {line}"


def between(before: PlanFacts, after: PlanFacts) -> Iterator[str]:
    """Yield a line for each fact, and for each country whose networks change."""
    for field in fields(PlanFacts):
        was, will_be = getattr(before, field.name), getattr(after, field.name)
        if field.name != "networks" and was != will_be:
            yield f"{field.name}: {_value(was)} → {_value(will_be)}"
    for country in sorted({*before.networks, *after.networks}):
        if before.networks.get(country) != after.networks.get(country):
            yield (
                f"{country}: {_networks(before.networks, country)} → "
                f"{_networks(after.networks, country)}"
            )


def of_regions(old: Sequence[Region], new: Sequence[Region]) -> Iterator[str]:
    """Yield a line for each region that comes, goes or has other countries or names."""
    before, after = ({one.code: one for one in regions} for regions in (old, new))
    for code in dict.fromkeys([*before, *after]):
        if code not in after:
            yield f"region {code}: gone"
        elif code not in before:
            yield f"region {code}: new, {' '.join(after[code].countries)}"
        else:
            yield from _of_region(before[code], after[code])


def _of_region(before: Region, after: Region) -> Iterator[str]:
    more = sorted({*after.countries} - {*before.countries})
    less = sorted({*before.countries} - {*after.countries})
    moved = [f"+{one}" for one in more] + [f"-{one}" for one in less]
    if moved:
        yield f"region {after.code}: {' '.join(moved)}"
    for language, name in after.names.items():
        if before.names.get(language) != name:
            yield f"region {after.code} {language}: {before.names.get(language, '')} → {name}"


def _networks(networks: Networks, country: str) -> str:
    if country not in networks:
        return _NOT_STATED
    return ", ".join(map(str, networks[country])) or _NOBODY_CAN_SAY


def _value(value: Any) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, tuple) and value else value or _NOT_STATED
