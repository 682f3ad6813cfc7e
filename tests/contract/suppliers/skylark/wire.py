"""What is sent to Skylark, and what its answers mean. Pure.

Money is decimal, with its currency beside it; volumes are MB of 1000² bytes; times have an offset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from limosa.domain.connectivity.answers import (
    Delivered,
    Failure,
    Pending,
    PlanPage,
    PlanUse,
    Refused,
    SupplierBalance,
    SupplierEsim,
    SupplierPlan,
    SupplierUsage,
    SupplyRequest,
)
from limosa.domain.connectivity.capabilities import UsageUnit
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    countries_in,
    not_understood,
    read_cost,
    read_currency,
    read_json,
    read_money,
    read_optional_word,
    read_part,
    read_parts,
    read_price,
    read_text,
    read_time,
    read_whole,
    read_word,
)
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError

NO_SUCH_ORDER, INSTALLED = "no_such_order", "installed"
_REFUSALS = {
    "busy": Failure.AGAIN,
    "out_of_stock": Failure.ANOTHER,
    "no_such_plan": Failure.ANOTHER,
    "price_changed": Failure.ANOTHER,
    "no_credit": Failure.ANOTHER,
    "maintenance": Failure.ANOTHER,
    "not_renewable": Failure.NEVER,
}
_USES = {"esim": PlanUse.NEW_ESIM, "renewal": PlanUse.RENEWAL, "either": PlanUse.EITHER}


@dataclass(frozen=True, slots=True)
class Answer:
    """What it answered. `error`: its word for why it refused; empty: it did as it was asked."""

    content: Fields
    error: str = ""

    def granted(self) -> Fields:
        """Return the content. Raises ProviderError, where it refused."""
        if self.error:
            raise ProviderError(f"refused: {self.error}", retryable=True)
        return self.content


def read_answer(status: int, body: bytes) -> Answer:
    """Return an answer that is Skylark's own. Raises ProviderError: anything else may have come
    from a machine in between, or be half done."""
    if status == 200:
        return Answer(as_object(read_json(body), "answer"))
    if status in {404, 409}:
        content = as_object(read_json(body), "answer")
        return Answer(content, read_word(content, "error"))
    raise ProviderError(f"HTTP {status}", retryable=True)


def refusal(error: str) -> Refused:
    """Return what a refused order means. Raises ProviderError for a word that is not known: perhaps
    something was ordered."""
    failure = _REFUSALS.get(error)
    if failure is None:
        raise not_understood(f"error {error}")
    return Refused(failure=failure, reason=error)


def order_of(request: SupplyRequest) -> dict[str, Any]:
    """Return an order, at the price that we know if we know one."""
    order = {"plan": request.plan_code}
    if request.renewed is not None:
        order["iccid"] = request.renewed.iccid
    if request.cost is not None:
        order |= {"price": str(request.cost.to_decimal()), "currency": request.cost.currency}
    return order


def read_order(order: Fields) -> Delivered | Pending | Refused:
    """Return where an order stands. A renewal names the renewed eSIM, without a code."""
    reference = read_word(order, "id")
    match read_word(order, "state"):
        case "making":
            return Pending(reference=reference)
        case "failed":
            return Refused(failure=Failure.ANOTHER, reason="failed")
        case "cancelled":
            return Refused(failure=Failure.NEVER, reason="cancelled")
        case "made":
            esim = read_part(order, "esim")
            return Delivered(
                reference=reference,
                profile=Profile(
                    iccid=read_word(esim, "iccid"), activation_code=read_text(esim, "code")
                ),
                cost=read_cost(order, "price", currency="currency"),
            )
        case _:
            raise not_understood("state")


def read_usages(answer: Fields, asked: Mapping[str, SupplierEsim]) -> list[SupplierUsage]:
    """Return the counts of the eSIMs that were asked for, by their ICCIDs."""
    rows = [row for row in read_parts(answer, "esims") if read_word(row, "iccid") in asked]
    return [
        SupplierUsage(
            esim=asked[read_word(row, "iccid")],
            as_of=_time_of(row, "counted_at"),
            used_bytes=_volume(row, "used_mb"),
            total_bytes=_volume(row, "total_mb"),
            ends_at=read_time(row, "ends_at"),
        )
        for row in rows
    ]


def read_plans(answer: Fields, *, page: int) -> PlanPage:
    """Return a page of what it sells."""
    is_last = page >= (read_whole(answer, "pages") or 1)
    return PlanPage(
        plans=tuple(_plan(row) for row in read_parts(answer, "plans")),
        next_page="" if is_last else str(page + 1),
    )


def read_balance(answer: Fields) -> SupplierBalance:
    """Return our balance."""
    currency = read_currency(answer, "currency")
    return SupplierBalance(available=read_money(answer, "available", currency=currency))


def _plan(row: Fields) -> SupplierPlan:
    use = _USES.get(read_word(row, "for"))
    countries = row.get("countries")
    if use is None or not isinstance(countries, list):
        raise not_understood("plan")
    return SupplierPlan(
        code=read_word(row, "code"),
        name=read_text(row, "name"),
        use=use,
        cost=read_price(row, "price", currency=read_currency(row, "currency")),
        volume_bytes=_volume(row, "volume_mb"),
        days=read_whole(row, "days"),
        countries=countries_in(countries),
        exit_country=read_optional_word(row, "exit"),
    )


def _volume(row: Fields, name: str) -> int | None:
    megabytes = read_whole(row, name)
    if megabytes is not None and megabytes < 0:
        raise not_understood(name)
    return None if megabytes is None else megabytes * UsageUnit.MB


def _time_of(row: Fields, name: str) -> datetime:
    moment = read_time(row, name)
    if moment is None:
        raise not_understood(name)
    return moment
