from datetime import datetime

from limosa.domain.autorenewal.engine.cycle_life import CycleState
from limosa.domain.autorenewal.models import AutoRenewal, Cycle
from limosa.domain.autorenewal.standing import times_of
from limosa.domain.esims.models import Bundle


def plan_cycle(*, auto: AutoRenewal, bundle: Bundle, now: datetime) -> Cycle | None:
    """Return the open cycle of the bundle that ends last, with the bundle's times as they are now;
    a new one, if there is none yet. None: this end is settled already, or it is over. What was
    undone is settled for that consent; who agrees anew afterwards is renewed.

    The caller's transaction holds the automatic renewal.
    """
    if bundle.starts_at is None or bundle.ends_at is None:
        return None
    cycle = auto.cycles.filter(bundle=bundle).first()
    if cycle is None:
        return _new(auto, bundle, now)
    if cycle.closed_at is not None:
        return None
    cycle.auto_renewal, cycle.bundle = auto, bundle
    if (cycle.starts_at, cycle.ends_at) != (bundle.starts_at, bundle.ends_at):
        _set_times(cycle, bundle)
        cycle.save(update_fields=["starts_at", "ends_at", "least_lead"])
    return cycle


def _new(auto: AutoRenewal, bundle: Bundle, now: datetime) -> Cycle | None:
    is_renewed = Cycle.objects.filter(bundle=bundle, state=CycleState.RENEWED).exists()
    if is_renewed or bundle.ends_at is None or bundle.ends_at <= now:
        return None
    cycle = Cycle(
        auto_renewal=auto,
        bundle=bundle,
        cap_minor=auto.consent.cap_minor or 0,
        currency=auto.consent.currency,
        told_from=max(auto.started_at, bundle.created_at),
        created_at=now,
    )
    _set_times(cycle, bundle)
    cycle.save(force_insert=True)
    return cycle


def _set_times(cycle: Cycle, bundle: Bundle) -> None:
    if bundle.starts_at is None or bundle.ends_at is None:
        return
    cycle.starts_at, cycle.ends_at = bundle.starts_at, bundle.ends_at
    cycle.least_lead = times_of(cycle).least_lead
