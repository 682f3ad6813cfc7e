"""How a simulated provider captures what a payer approved: once for each key.

It goes by keys alone, like the worst real provider: with a new key it takes the money again.
"""

from collections.abc import Callable

from limosa.domain.payments.requests import SAVED
from limosa.domain.payments.status_reports import Decline, PaymentStatusReport, ProviderState
from limosa.foundation.money import Money
from limosa_lab.simulation.held import Held
from limosa_lab.simulation.stage import current_actor

Take = Callable[[Held, Money], None]


def tell(held: Held) -> PaymentStatusReport:
    """Return what is true of a payment, and remember whether it was wanted when that was told."""
    held.told[_asker()] = held.is_unwanted
    return held.report()


def note_capture(held: Held) -> None:
    """Remember that somebody captures who was told of it after the order had no use for it."""
    if held.request.method != SAVED and held.told.get(_asker()):
        held.is_captured_in_vain = True


def _asker() -> int | None:
    actor = current_actor()
    return actor.number if actor else None


def arrives_later(held: Held | None, key: int) -> None:
    """Keep a capture that is still in flight when its sender gives up."""
    if held is not None:
        held.on_their_way.append(key)


def captured(held: Held, key: int, take: Take) -> PaymentStatusReport:
    """Return the answer for a key. A capture in flight arrives after one that took money."""
    answer = _answered(held, key, take)
    if held.taken is not None:
        for late in held.on_their_way:
            _answered(held, late, take)
        held.on_their_way = []
    return answer


def _answered(held: Held, key: int, take: Take) -> PaymentStatusReport:
    if key not in held.answers:
        _act(held, key, take)
        held.answers[key] = held.report()
    return held.answers[key]


def _act(held: Held, key: int, take: Take) -> None:
    """Decline the payer's first card if the payment's number says so."""
    if held.state is ProviderState.APPROVED:
        if key == 0 and sum(held.number.encode()) % 5 == 0:
            held.state, held.decline = ProviderState.PENDING, Decline.INSUFFICIENT_FUNDS
        else:
            take(held, held.request.amount)
    elif held.taken is not None and held.answers:
        held.taken += held.request.amount
