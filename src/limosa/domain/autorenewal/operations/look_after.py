from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from limosa.domain.autorenewal.engine.course import Decision, Deed, Price, Unable, decide
from limosa.domain.autorenewal.engine.cycle_life import CYCLE_LIFE, CycleEvent
from limosa.domain.autorenewal.locking import attempt_under_way, lock_running
from limosa.domain.autorenewal.models import Attempt, AutoRenewal, Cycle
from limosa.domain.autorenewal.news import tell_not_renewed
from limosa.domain.autorenewal.offering import Offer
from limosa.domain.autorenewal.operations.begin_attempt import begin_attempt
from limosa.domain.autorenewal.operations.close_cycle import close_cycle
from limosa.domain.autorenewal.operations.end_auto_renewal import end_auto_renewal
from limosa.domain.autorenewal.operations.note_delivery import note_delivery
from limosa.domain.autorenewal.operations.note_use import note_use
from limosa.domain.autorenewal.operations.plan_cycle import plan_cycle
from limosa.domain.autorenewal.operations.send_notice import send_notice
from limosa.domain.autorenewal.standing import (
    facts_of,
    last_bundle,
    look_while_end_is_unknown,
    offer_now,
    why_over,
)
from limosa.domain.esims.models import Bundle

# While a charge is made; after that, another worker goes on with it.
LEASE = timedelta(minutes=2)
# A bundle that is bought meanwhile is noticed earlier (wake_for_new_bundles).
IDLE = timedelta(days=1)


@transaction.atomic
def look_after(*, auto_id: int, now: datetime) -> int | None:
    """Do what is due for an automatic renewal; return the id of an attempt that is to be charged.

    Ends it, plans the end of the bundle that ends last, sends and notes notices, says why it can't
    be renewed, or begins an attempt. `next_at` is when there is something to do again.
    Locks:  the automatic renewal; then as end_auto_renewal, or as begin_attempt.
    Raises: OfferMovedError: the price moved while its order was placed; nothing changed.
    """
    auto = lock_running(auto_id)
    if auto is None:
        return None
    attempt = attempt_under_way(auto)
    if attempt is not None:
        auto.next_at = now + LEASE
        auto.save(update_fields=["next_at"])
        return attempt.pk
    over = why_over(auto, now=now)
    if over is not None:
        end_auto_renewal(auto=auto, reason=over, now=now)
        return None
    begun = _go_on(auto, now)
    if auto.consent.until is not None and auto.next_at is not None:
        auto.next_at = min(auto.next_at, auto.consent.until)
    auto.save(update_fields=["next_at", "seen_bundle"])
    return begun.pk if begun else None


def _go_on(auto: AutoRenewal, now: datetime) -> Attempt | None:
    newest = Bundle.objects.filter(esim_id=auto.esim_id).aggregate(newest=Max("id"))["newest"]
    auto.seen_bundle = newest or 0
    bundle = last_bundle(auto.esim_id)
    open_one = auto.cycles.filter(closed_at=None).first()
    if open_one is not None and (bundle is None or bundle.pk != open_one.bundle_id):
        # Something follows already, or what it was for was refunded.
        close_cycle(cycle=open_one, event=CycleEvent.SKIP, now=now)
    if bundle is None:
        auto.next_at = now + IDLE
        return None
    if bundle.ends_at is None:
        auto.next_at = now + look_while_end_is_unknown(bundle)
        return None
    cycle = plan_cycle(auto=auto, bundle=bundle, now=now)
    if cycle is None:
        auto.next_at = max(bundle.ends_at, now + IDLE)
        return None
    note_use(cycle=cycle, now=now)
    return _do(cycle, now)


def _do(cycle: Cycle, now: datetime) -> Attempt | None:
    offer = offer_now(cycle, now=now)
    price = offer.price if isinstance(offer, Offer) else offer
    facts = facts_of(cycle, price=price, now=now)
    decision = decide(facts, now=now)
    cycle.auto_renewal.next_at = decision.at
    if decision.deed is Deed.CHARGE and isinstance(price, Price):
        attempt = begin_attempt(cycle=cycle, price=price, now=now)
        cycle.auto_renewal.next_at = now + LEASE
        return attempt
    _apply(cycle, offer, decision, now)
    return None


def _apply(cycle: Cycle, offer: Offer | Unable, decision: Decision, now: datetime) -> None:
    match decision.deed:
        case Deed.NOTICE | Deed.REMIND if isinstance(offer, Offer):
            is_reminder = decision.deed is Deed.REMIND
            send_notice(cycle=cycle, offer=offer, is_reminder=is_reminder, now=now)
        case Deed.NOTE_DELIVERY:
            note_delivery(cycle=cycle)
        case Deed.RENOTICE:
            cycle.state = CYCLE_LIFE.after(cycle.state, CycleEvent.RENOTICE)
            cycle.delivered_at = None
            cycle.save(update_fields=["state", "delivered_at"])
        case Deed.TELL_UNABLE if decision.why is not None:
            cycle.unable = decision.why.value
            cycle.save(update_fields=["unable"])
            tell_not_renewed(cycle, decision.why, is_final=False, now=now)
        case Deed.FAIL if decision.why is not None:
            if cycle.unable != decision.why.value:
                tell_not_renewed(cycle, decision.why, is_final=True, now=now)
            cycle.unable = decision.why.value
            cycle.save(update_fields=["unable"])
            close_cycle(cycle=cycle, event=CycleEvent.FAIL, now=now)
