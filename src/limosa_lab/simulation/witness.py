"""The events of a run by its end, according to the providers' books and our rows."""

from collections.abc import Iterator, Mapping

from limosa.domain.payments.requests import SAVED
from limosa.domain.payments.status_reports import RefundOutcome
from limosa_lab.simulation.held import Held
from limosa_lab.simulation.invariants import Row
from limosa_lab.simulation.outcome import Happened
from limosa_lab.simulation.world import World


def witnessed(world: World, rows: Mapping[str, list[Row]]) -> frozenset[Happened]:
    """Return the events that occurred, each with its channel, by the names in happenings.py.

    `rows`: those that the invariants were last checked in.
    """
    found: set[Happened] = {(f"entry {row[2]}", "") for row in rows.get("entries", ())}
    found.update(_in_our_books(rows))
    for row in rows.get("reserves", ()):
        found.update((name, "") for name in ("reserve", f"reserve {row[2]}"))
    for provider in world.providers:
        for held in provider.held.values():
            found.update((name, provider.code) for name in _at_the_provider(held))
    return frozenset(found)


def _in_our_books(rows: Mapping[str, list[Row]]) -> Iterator[Happened]:
    for row in rows.get("payments", ()):
        provider, state, received, refunded, pays_order, in_wallet = (
            row[at] for at in (3, 4, 7, 9, 10, 12)
        )
        if state != "succeeded":
            continue
        if not pays_order:
            yield "payment that pays nothing", provider
        if in_wallet:
            yield "payment kept in the wallet", provider
        if provider == "wallet":
            yield "payment", provider
            if refunded:
                yield "refund", provider
            if 0 < refunded < received:
                yield "refund of a part", provider


def _at_the_provider(held: Held) -> Iterator[str]:
    if held.taken is None or not held.is_ours:
        return
    taken_minor = held.taken.amount_minor
    yield "payment"
    if held.request.method == SAVED:
        yield "charge of a kept method"
    if any(answer.decline for answer in held.answers.values()):
        yield "capture after a refusal"
    yield from _of_refunds(held, taken_minor)
    yield from _of_disputes(held, taken_minor)


def _of_refunds(held: Held, taken_minor: int) -> Iterator[str]:
    for refund in held.refunds.values():
        if refund.came_back_at is not None:
            yield "refund that came back"
        elif refund.outcome is RefundOutcome.SUCCEEDED:
            yield "refund"
            if refund.amount.amount_minor < taken_minor:
                yield "refund of a part"


def _of_disputes(held: Held, taken_minor: int) -> Iterator[str]:
    if len(held.disputes) > 1:
        yield "second dispute"
    for dispute in held.disputes.values():
        held_minor = dispute.amount.amount_minor
        yield f"dispute {dispute.outcome}"
        if held_minor > taken_minor:
            yield "dispute beyond the payment"
        if dispute.lost_minor is not None and dispute.lost_minor < held_minor:
            yield "dispute lost in part"
        if dispute.lost_minor is not None and dispute.lost_minor > held_minor:
            yield "dispute lost beyond it"
