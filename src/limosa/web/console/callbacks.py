"""The callbacks about an order, for its page: blotted, and whether they can be delivered again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.connectivity.engine.blotting import blotted
from limosa.domain.connectivity.kept_callbacks import unpacked
from limosa.domain.connectivity.models import (
    CallbackStanding,
    KeptCallback,
    SupplierMessage,
    Supply,
)
from limosa.web.console.supply_words import CALLBACK_RESULTS
from limosa.web.console.words import RESULTS, SUPPLY_STATES, word

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownCallback:
    """A callback. `result`: what became of the order then; a code. `body`: blotted; empty: it was
    too long to be kept."""

    pk: int
    supplier: str
    at: datetime
    message_id: str
    standing: str
    reason: str
    result: str
    body: str
    may_be_applied_again: bool

    @property
    def is_refused(self) -> bool:
        """Whether it was not from the supplier, or unreadable."""
        return self.standing == CallbackStanding.REFUSED

    @property
    def is_unsigned(self) -> bool:
        """Whether its supplier signs none."""
        return self.standing == CallbackStanding.UNSIGNED


def callbacks_of(order_number: str) -> list[ShownCallback]:
    """Return the newest callbacks about an order, newest first."""
    rows = KeptCallback.objects.filter(order_numbers__contains=[order_number])
    kept = list(rows.order_by("-received_at", "-id")[:_SHOWN])
    if not kept:
        return []
    messages = SupplierMessage.objects.filter(order_number=order_number)
    results = {(one.supplier_code, one.message_id): one.result for one in messages}
    supplies = list(
        Supply.objects.filter(order_number__in={n for r in kept for n in r.order_numbers})
    )
    secrets = [secret for supply in supplies for secret in _secrets_of(supply)]
    plain = [one for supply in supplies for one in (supply.reference, supply.order_number)]
    return [
        ShownCallback(
            pk=row.pk,
            supplier=row.supplier_code,
            at=row.received_at,
            message_id="" if row.standing == CallbackStanding.REFUSED else row.message_id,
            standing=row.standing,
            reason=row.reason,
            result=results.get((row.supplier_code, row.message_id), ""),
            body="" if row.content is None else _shown(row.content, secrets, plain),
            may_be_applied_again=row.may_be_applied_again,
        )
        for row in kept
    ]


def callback_result(code: str) -> str:
    """Return in words what became of an order by a callback."""
    return word({**RESULTS, **SUPPLY_STATES, **CALLBACK_RESULTS}, code)


def _shown(content: bytes, secrets: list[str], plain: list[str]) -> str:
    return blotted(unpacked(content).body, secrets=secrets, plain=[one for one in plain if one])


def _secrets_of(supply: Supply) -> Iterator[str]:
    """The activation code, whole and its matching id alone."""
    if supply.activation_code:
        yield supply.activation_code
        yield supply.activation_code.removeprefix("LPA:")
        yield from supply.activation_code.split("$")[2:3]
