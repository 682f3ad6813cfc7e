"""How one edition of a listed plan differs from the one before."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from limosa.domain.connectivity.answers import SupplierPlan

# What a buyer would want to know has changed, besides the cost, by our own names.
_FACTS = (
    "name",
    "use",
    "volume_bytes",
    "days",
    "countries",
    "daily_bytes",
    "throttled_kbps",
    "activation",
    "day_zone",
    "exit_country",
    "is_renewable",
    "renewed_by",
)
# Their order says nothing.
_SETS = {"countries", "renewed_by"}
CURRENCY = "currency"


class ChangeKind(StrEnum):
    """What a sheet changes about a plan. A plan that is dearer or cheaper may have other rules as
    well; OTHER: only those, or a cost in another currency, which can't be compared."""

    NEW = "new"
    GONE = "gone"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A change. `other_rules`: what differs besides the amount of the cost, by our names or, behind
    `rules.`, by the supplier's own."""

    kind: ChangeKind
    code: str
    other_rules: tuple[str, ...] = ()


def digest_of(plan: SupplierPlan) -> str:
    """Return a digest of all that a listed plan says: the same if and only if nothing changed."""
    facts = {name: _fact(plan, name) for name in _FACTS}
    facts |= {
        "code": plan.code,
        "cost": [plan.cost.amount_minor, plan.cost.currency],
        "rules": dict(plan.rules),
    }
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def change_between(before: SupplierPlan, after: SupplierPlan) -> PlanChange | None:
    """Return how two editions of a plan differ; None: not at all."""
    others = tuple(_other_rules(before, after))
    kind = ChangeKind.OTHER
    if before.cost.currency == after.cost.currency:
        if after.cost.amount_minor > before.cost.amount_minor:
            kind = ChangeKind.DEARER
        elif after.cost.amount_minor < before.cost.amount_minor:
            kind = ChangeKind.CHEAPER
    if kind is ChangeKind.OTHER and not others:
        return None
    return PlanChange(kind, after.code, others)


def changes_between(
    before: Mapping[str, SupplierPlan], after: Mapping[str, SupplierPlan]
) -> Iterable[PlanChange]:
    """Yield the changes from one whole list to the next, by code."""
    for code in sorted({*before, *after}):
        if code not in before:
            yield PlanChange(ChangeKind.NEW, code)
        elif code not in after:
            yield PlanChange(ChangeKind.GONE, code)
        elif change := change_between(before[code], after[code]):
            yield change


def _other_rules(before: SupplierPlan, after: SupplierPlan) -> Iterable[str]:
    if before.cost.currency != after.cost.currency:
        yield CURRENCY
    yield from (name for name in _FACTS if _fact(before, name) != _fact(after, name))
    for name in sorted({*before.rules, *after.rules}):
        if before.rules.get(name) != after.rules.get(name):
            yield f"rules.{name}"


def _fact(plan: SupplierPlan, name: str) -> object:
    fact = getattr(plan, name)
    return sorted(set(fact)) if name in _SETS else fact
