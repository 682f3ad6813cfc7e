"""The end of a run: nothing fails any more, everybody does what is due, and the books must
balance."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.conf import settings
from django.db import connection

from limosa.domain.connectivity.engine.breaking import QUERY_EVERY
from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import SupplierBreaker, Supply
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.put_refund_in_wallet import put_refund_in_wallet
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    Dispute,
    InboxMessage,
    Payment,
    Refund,
    RefundState,
)
from limosa.domain.payments.status_reports import RefundOutcome
from limosa.foundation.errors import ProviderError
from limosa_lab.simulation import actions
from limosa_lab.simulation.books import check_books
from limosa_lab.simulation.broken import check
from limosa_lab.simulation.held import Held
from limosa_lab.simulation.providers import PlayedProvider
from limosa_lab.simulation.reserves import check_reserves_at_rest
from limosa_lab.simulation.supplies import check_costs, check_supplies
from limosa_lab.simulation.world import World, decide

_ROUNDS_MAX = 8
_QUERIES_MAX = 20
_WORK_LEFT = """
SELECT EXISTS (SELECT FROM payments_refund
                WHERE state NOT IN ('succeeded', 'settled') OR next_poll_at IS NOT NULL)
    OR EXISTS (SELECT FROM ordering_order WHERE state = 'paid')
    OR EXISTS (SELECT FROM connectivity_supply
                WHERE state IN ('asked', 'pending', 'unclear', 'returning', 'cancelling', 'ending'))
    OR %s AND EXISTS (SELECT FROM payments_payment
                       WHERE state IN ('created', 'pending') AND provider <> 'wallet')
"""


def bring_to_rest(
    world: World, *, polls: bool, random: Random, look: Callable[[str], None]
) -> None:
    """Deliver, work and wait until nothing is due. Raises InvariantBrokenError."""
    actions.pause_supplier(world, is_paused=random.random() < 0.3)
    for turn in range(_ROUNDS_MAX):
        for provider, held in world.open_disputes:
            look(decide(provider, held, random=random))
        for provider, held in world.undecided:
            provider.decide_payment(held, comes=random.random() < 0.7)
        _end_refunds(world, random)
        _deliver_all(world, look)
        _have_supplier_end(world, look)
        jobs = actions.jobs_of(world, polls=polls)
        done = [f"{name} {actions.job(world, name=name)}" for name in jobs]
        look(f"jobs: {', '.join(done)}")
        _query_slowly(world, look)
        _look_at_what_differs(world, look)
        _put_rests_in_wallets(world, look)
        if turn < _ROUNDS_MAX // 2:  # Later there is no time left to handle it.
            _bring_back_some(world, random, look)
        world.now += timedelta(hours=1)
        _calm_down(world)
        if not world.messages and not _is_work_left(polls=polls):
            break
    world.now += timedelta(days=1)
    look(f"a day later: earn {actions.job(world, name='earn')}")
    if world.settles:
        _settle_all(world, look)
    _check_rest(world)
    check_supplies(world)
    check_costs(world)
    check_reserves_at_rest()
    _check_differences()


def _query_slowly(world: World, look: Callable[[str], None]) -> None:
    """Have a supplier with an open breaker queried as often as in an hour of a worker's rounds: no
    more than once at a time."""
    for _ in range(_QUERIES_MAX):
        if not SupplierBreaker.objects.filter(query_at__isnull=False).exists():
            return
        world.now += QUERY_EVERY
        if (asked := actions.job(world, name="supply")) == "0":
            return
        look(f"a query: {asked}")


def _calm_down(world: World) -> None:
    """Stop all failures: the first round was as bad as the day had been."""
    for provider in world.providers:
        provider.unreliable, provider.refunds_wait = 0.0, 0.0
    for supplier in world.suppliers.values():
        supplier.unreliable, supplier.hesitates, supplier.shortage = 0.0, False, ""


def _have_supplier_end(world: World, look: Callable[[str], None]) -> None:
    """The suppliers deliver what they have; people find out what can't be queried."""
    for supplier in world.suppliers.values():
        look(f"at the supplier: {supplier.go_on(all_of_it=True)}")
    unclear = Supply.objects.filter(state=SupplyState.UNCLEAR.value).order_by("id")
    for code, number in list(unclear.values_list("supplier_id", "order_number")):
        found = actions.find_out(world, code=code, number=number)
        look(f"people find out about {number}: {found}")


def _settle_all(world: World, look: Callable[[str], None]) -> None:
    """Reconcile each day with movements, there or here; the last one once more.

    Staff may repeat it, and whatever was booked has to stay as it is.
    """
    times = [
        *Payment.objects.filter(
            provider__in=settings.PAYMENT_PROVIDERS, paid_at__isnull=False
        ).values_list("paid_at", "provider"),
        *Refund.objects.filter(
            finished_at__isnull=False, payment__provider__in=settings.PAYMENT_PROVIDERS
        ).values_list("finished_at", "payment__provider"),
        *Dispute.objects.values_list("opened_at", "provider"),
        *Dispute.objects.filter(closed_at__isnull=False).values_list("closed_at", "provider"),
    ]
    ours = {(at.date(), provider) for at, provider in times if at is not None}
    days = sorted({*world.settled_days, *ours})
    for day, provider in [*days, *days[-1:]]:
        look(f"reconcile {provider} {day}: {actions.settle(world, provider=provider, day=day)}")


def _check_differences() -> None:
    """F9: no settlement differs from the books."""
    differing = [
        f"{found.provider} {found.subject} {found.kind}"
        for found in Difference.objects.filter(state=DifferenceState.OPEN)
    ]
    check(not differing, "F9", f"settlements and books differ: {differing}")


def _bring_back_some(world: World, random: Random, look: Callable[[str], None]) -> None:
    """Most refunds arrive only now; some of them come back."""
    for provider, number, refund in world.refunds(RefundOutcome.SUCCEEDED):
        if random.random() < 0.25:
            provider.bring_back(number, refund)
            look(f"the money of {refund} comes back")


def _deliver_all(world: World, look: Callable[[str], None]) -> None:
    """Deliver what can be applied; notifications that depend on others are sent again."""
    waiting = -1
    while (messages := world.messages) and len(messages) != waiting:
        waiting = len(messages)
        for message in messages:
            try:
                result = actions.deliver(world, message=message)
            except ProviderError as error:
                result = str(error)
            look(f"deliver {message.name} -> {result}")


def _end_refunds(world: World, random: Random) -> None:
    """Bring each refund to its end; the operator handles those that the console shows as failed."""
    shown = set(Refund.objects.filter(state=RefundState.FAILED).values_list("number", flat=True))
    for provider in world.providers:
        for held in provider.held.values():
            for refund in held.refunds.values():
                if refund.outcome is RefundOutcome.PENDING:
                    outcome = random.choice((RefundOutcome.SUCCEEDED, RefundOutcome.FAILED))
                    provider.end_refund(held.number, refund.number, outcome)
                elif refund.number in shown and held.can_finish(refund):
                    provider.end_refund(held.number, refund.number, RefundOutcome.SUCCEEDED)


def _look_at_what_differs(world: World, look: Callable[[str], None]) -> None:
    """The operator polls the payments that the console shows as different."""
    for payment in Payment.objects.filter(problem="differs", applied_at__isnull=True):
        result = poll_payment(payment_number=payment.number, now=world.now)
        look(f"the operator asks for {payment.number} -> {result}")


def _put_rests_in_wallets(world: World, look: Callable[[str], None]) -> None:
    """The operator pays out what can't be requested from a provider.

    That is what a lost dispute left of a refund, and the money of a refund that came back, whether
    or not we heard that it had arrived.
    """
    can_finish = {
        refund.number
        for provider in world.providers
        for held in provider.held.values()
        for refund in held.refunds.values()
        if held.can_finish(refund)
    }
    rests = Refund.objects.exclude(number__in=can_finish, settled_minor=0, came_back=0)
    for refund in rests.filter(state=RefundState.FAILED, next_poll_at=None).order_by("id"):
        put_refund_in_wallet(refund_number=refund.number, now=world.now)
        look(f"the operator puts the rest of {refund.number} in the wallet")


def _is_work_left(*, polls: bool) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WORK_LEFT, [polls])
        (is_left,) = cursor.fetchone()
    return bool(is_left)


def _check_rest(world: World) -> None:
    check_books(statements={p.code: p.statement() for p in world.providers})
    payments = {payment.number: payment for payment in Payment.objects.all()}
    for provider in world.providers:
        for held in provider.held.values():
            _check_held(held, payments[held.number])
    _check_messages(world.providers)
    final = [RefundState.SUCCEEDED, RefundState.SETTLED]
    unfinished = list(Refund.objects.exclude(state__in=final))
    check(not unfinished, "F6", f"not final: {unfinished}")
    waiting = list(Refund.objects.filter(next_poll_at__isnull=False))
    check(not waiting, "F5", f"still to be pushed: {waiting}")
    _check_mail()


def _check_held(held: Held, payment: Payment) -> None:
    """F3: what the provider took is known here. F4: it pays an order, or went back in full."""
    if held.taken is None or not held.is_ours:
        return
    check(payment.applied_at is not None, "F3", f"{payment} was paid, and nobody knows")
    if not payment.pays_order and not payment.in_wallet:
        in_wallet = sum(refund.wallet_minor for refund in payment.refunds.all())
        back = held.given_back(promised=False) + held.withheld() + in_wallet
        check(back >= held.taken.amount_minor, "F4", f"{payment} pays nothing; {back} went back")


def _check_messages(providers: list[PlayedProvider]) -> None:
    """F3: each acknowledged notification is stored."""
    kept = set(InboxMessage.objects.values_list("provider", "message_id"))
    for provider in providers:
        for message in provider.messages:
            is_kept = (message.provider, message.name) in kept
            check(is_kept, "F3", f"{message.name} was acknowledged and is not kept")


def _check_mail() -> None:
    """F5: each message to a person is mailed, or due to be, or no mail server took it."""
    never = Notification.objects.filter(mailed_at=None, next_mail_at=None, mail_attempts=0)
    forgotten = list(never)
    check(not forgotten, "F5", f"nobody will mail {forgotten}")
