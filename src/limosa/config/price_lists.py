"""What commands print of a supplier's price list, and of what it means for the plans on sale."""

from collections.abc import Iterator

from limosa.config.command import counted
from limosa.domain.support.repricing import Synced
from limosa.domain.wholesale.pricing_pass import Repriced

_KINDS = {
    "new": "new",
    "gone": "no longer listed",
    "dearer": "dearer",
    "cheaper": "cheaper",
    "rules": "with other rules",
}
_NAMED_MAX = 20


def told(synced: Synced) -> Iterator[str]:
    """Yield the lines for a list that was taken in."""
    sheet = synced.sheet
    yield f"{sheet.supplier}: {counted(sheet.plans, 'plan')} listed"
    if sheet.left_out:
        yield f"left out, since they can't be said in our units: {_names(sorted(sheet.left_out))}"
    if sheet.previous_id is None:
        yield "this is its first list; there is nothing to compare it with"
    else:
        changes = [f"{sheet.by_kind[kind]:,} {said}" for kind, said in _KINDS.items()]
        yield f"since its last list: {', '.join(changes)}"
    if synced.repriced:
        yield from told_of_plans(synced.repriced)


def told_of_plans(repriced: Repriced) -> Iterator[str]:
    """Yield the lines about plans on sale."""
    if repriced.ended:
        yield f"off sale, since they cost more than they sell for: {_names(repriced.ended)}"
    if repriced.back:
        yield f"back on sale, since their supplier lists them anew: {_names(repriced.back)}"
    if repriced.applied:
        yield f"changed by rule: {_names(repriced.applied)}"
    if repriced.proposed:
        yield (
            f"{counted(repriced.proposed, 'change')} proposed; "
            "decide on the console's page Price lists"
        )
    for reason, plans in sorted(repriced.unpriced.items()):
        yield f"{_unpriced(reason)}: {_names(plans)}"


def _unpriced(reason: str) -> str:
    """Return why plans have no price by the rules, in one currency or in any, and what to do."""
    code, _, named = reason.partition(" ")
    lacks = {
        "no_rule": "not priced, since no pricing rule covers them; add one without limits at the "
        "end",
        "no_rate": f"no price in {named[-3:]}, since there is no exchange rate from "
        f"{named.replace(' ', ' to ')}; import it with `limosa rates import`",
        "no_fee": f"no price in {named}, since LIMOSA_PAYMENT_FEE_FIXED names no fee in it; add "
        "what your dearest payment method keeps, or 0",
        "fee_takes_all": f"no price in {named}, since tax and payment fee leave nothing of it",
        "too_high": f"no price in {named}, since it would be too high",
    }
    return lacks.get(code, f"not priced ({reason})")


def _names(plans: list[str]) -> str:
    more = f" and {len(plans) - _NAMED_MAX:,} more" if len(plans) > _NAMED_MAX else ""
    return ", ".join(plans[:_NAMED_MAX]) + more
