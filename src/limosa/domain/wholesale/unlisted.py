"""Codes in the catalogue that the price lists in force don't have."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from limosa.domain.catalog.engine.sources import Source
from limosa.domain.catalog.models import Plan
from limosa.domain.catalog.sources import sources_of
from limosa.domain.wholesale.buying import suppliers_with_a_list
from limosa.domain.wholesale.engine.nearest import nearest_of
from limosa.domain.wholesale.engine.sheet_life import SheetState
from limosa.domain.wholesale.models import ListedPlan, PriceSheet


@dataclass(frozen=True, slots=True, order=True)
class UsedCode:
    """A supplier's code by which a plan is bought, or an eSIM renewed (`is_renewal`)."""

    plan: str
    supplier: str
    code: str
    is_renewal: bool = False


@dataclass(frozen=True, slots=True)
class UnlistedCode:
    """One that the supplier's list in force does not have. `listed`: the codes that it has.
    `left_out`: it has this one, and why we can't say it in our units.

    Its text names the code that may have been meant. To look for that takes a tenth of a second in
    a long list, so only who shows it should make it.
    """

    used: UsedCode
    listed: frozenset[str] = field(repr=False)
    left_out: str = ""

    def __str__(self) -> str:
        used = self.used
        kind = "renewal_code" if used.is_renewal else "code"
        text = f"{used.plan}: the price list of {used.supplier} has no {kind} {used.code}"
        if self.left_out:
            return f"{text} that we can read ({self.left_out})"
        nearest = nearest_of(used.code, self.listed)
        return f"{text}; did you mean {nearest}?" if nearest else text


def unlisted_codes(used: Iterable[UsedCode]) -> Iterator[UnlistedCode]:
    """Yield those that are not in the list in force of their supplier, if it has given one."""
    by_supplier: defaultdict[str, list[UsedCode]] = defaultdict(list)
    for one in sorted(set(used)):
        by_supplier[one.supplier].append(one)
    for supplier in sorted(suppliers_with_a_list() & set(by_supplier)):
        rows = ListedPlan.objects.filter(supplier=supplier, until__isnull=True)
        codes = frozenset(rows.values_list("code", flat=True))
        left_out = _left_out(supplier)
        for one in by_supplier[supplier]:
            if one.code not in codes:
                yield UnlistedCode(one, codes, left_out.get(one.code, ""))


def used_codes(plan_code: str, source: Source) -> Iterator[UsedCode]:
    """Yield the codes of a source; one that also renews only once."""
    yield UsedCode(plan_code, source.supplier, source.code)
    if source.renewal_code not in {"", source.code}:
        yield UsedCode(plan_code, source.supplier, source.renewal_code, is_renewal=True)


def codes_on_sale() -> Iterator[UsedCode]:
    """Yield the codes by which plans on sale are bought."""
    for plan in Plan.objects.filter(on_sale=True).prefetch_related("sources").order_by("code"):
        for source in sources_of(plan):
            yield from used_codes(plan.code, source)


def _left_out(supplier: str) -> dict[str, str]:
    rows = PriceSheet.objects.filter(supplier=supplier, state=SheetState.WHOLE)
    return rows.order_by("-id").values_list("left_out", flat=True).first() or {}
