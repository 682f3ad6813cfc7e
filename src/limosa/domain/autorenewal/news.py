"""What people are told about a renewal that takes care of itself. Each message is stored once."""

from datetime import datetime, timedelta
from typing import Any

from limosa.domain.autorenewal.engine.attempts import Outcome, Turn
from limosa.domain.autorenewal.engine.course import Unable
from limosa.domain.autorenewal.links import make_link_token
from limosa.domain.autorenewal.models import Attempt, AutoRenewal, Cycle, EndReason, Notice
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.links import make_renew_token
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.engine.returning import ReturnWay
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.returns import returning_of
from limosa.domain.payments.models import SavedMethod

UNDONE_WITHIN = timedelta(hours=24)


def is_undone_by_itself(order_number: str, *, now: datetime) -> bool:
    """Whether a renewal can be undone without people: its supplier takes its plan back."""
    order = Order.objects.select_related("esim").filter(number=order_number).first()
    return order is None or returning_of(order, now=now).way is not ReturnWay.BY_STAFF


def tell_on(auto: AutoRenewal, *, plan: Plan | None, now: datetime) -> None:
    """Confirm what was agreed to, and how to stop it."""
    consent = auto.consent
    parameters: dict[str, Any] = {
        "amount_minor": consent.cap_minor,
        "currency": consent.currency,
        "link_token": make_link_token(public_id=auto.public_id),
    }
    if plan is not None:
        parameters["plan_name"] = plan.name
    _tell(auto, f"auto-on:{auto.public_id}", "auto_renewal_on", parameters, now)


def tell_notice(cycle: Cycle, notice: Notice, *, charge_at: datetime, now: datetime) -> None:
    """Tell what will be charged, when and by what, and how to skip, change or stop it."""
    auto = cycle.auto_renewal
    parameters: dict[str, Any] = {
        "amount_minor": notice.at_most_minor,
        "currency": cycle.currency,
        "charged_at": charge_at.isoformat(),
        "ends_at": cycle.ends_at.isoformat(),
        "time_zone": auto.esim.time_zone,
        "is_reminder": notice.is_reminder,
        "link_token": make_link_token(public_id=auto.public_id),
        **_method(auto, 0),
    }
    if cycle.plan is not None:
        parameters["plan_name"] = cycle.plan.name
    if auto.consent.used_percent is not None and cycle.bundle.volume_bytes is not None:
        parameters["percent"] = auto.consent.used_percent
    _tell(auto, notice.key, "auto_renewal_notice", parameters, now)


def tell_renewed(cycle: Cycle, attempt: Attempt, *, now: datetime) -> None:
    """Send the receipt: what was charged, how to undo it, and what happens next."""
    auto = cycle.auto_renewal
    parameters: dict[str, Any] = {
        "order_number": attempt.order_number,
        "amount_minor": attempt.total_minor,
        "currency": cycle.currency,
        "until": (now + UNDONE_WITHIN).isoformat(),
        "time_zone": auto.esim.time_zone,
        "link_token": make_link_token(public_id=auto.public_id),
        "is_undone_by_staff": not is_undone_by_itself(attempt.order_number, now=now),
        **_method(auto, attempt.place),
    }
    if cycle.plan is not None:
        parameters["plan_name"] = cycle.plan.name
    if attempt.place:
        parameters["failed"] = _method(auto, attempt.place - 1)["method"]
    _tell(auto, f"auto-done:{attempt.order_number}", "auto_renewal_done", parameters, now)


def tell_declined(cycle: Cycle, attempt: Attempt, *, turn: Turn | None, now: datetime) -> None:
    """Tell that a method could not be charged, and what is charged next."""
    auto = cycle.auto_renewal
    parameters: dict[str, Any] = {
        "why": attempt.outcome,
        "is_other_next": turn is not None and turn.place != attempt.place,
        "renew_token": make_renew_token(esim_public_id=auto.esim.public_id),
        **_method(auto, attempt.place),
    }
    if turn is not None:
        parameters |= {
            "charged_at": turn.at.isoformat(),
            "time_zone": auto.esim.time_zone,
            "next_method": _method(auto, turn.place)["method"],
        }
    is_charged_now = turn is not None and turn.at <= now
    if is_charged_now or (turn is None and attempt.outcome != Outcome.PAYER):
        return  # The receipt, or the message that it was not renewed, says it all.
    _tell(auto, f"auto-declined:{attempt.order_number}", "auto_renewal_declined", parameters, now)


def tell_not_renewed(cycle: Cycle, why: Unable, *, is_final: bool, now: datetime) -> None:
    """Tell why it can't be renewed as agreed, with a link to renew by hand."""
    auto = cycle.auto_renewal
    parameters: dict[str, Any] = {
        "why": why.value,
        "is_final": is_final,
        "amount_minor": cycle.cap_minor,
        "currency": cycle.currency,
        "ends_at": cycle.ends_at.isoformat(),
        "time_zone": auto.esim.time_zone,
        "renew_token": make_renew_token(esim_public_id=auto.esim.public_id),
    }
    key = f"auto-not:{cycle.pk}:{why.value}:{int(is_final)}"
    _tell(auto, key, "auto_renewal_not", parameters, now)


def tell_ended(auto: AutoRenewal, *, now: datetime) -> None:
    """Tell that it is off, and why."""
    if auto.end_reason == EndReason.CHANGED:
        return
    parameters = {
        "why": auto.end_reason,
        "esim_id": auto.esim.public_id,
    }
    _tell(auto, f"auto-ended:{auto.public_id}", "auto_renewal_ended", parameters, now)


def _method(auto: AutoRenewal, place: int) -> dict[str, str]:
    """Return what a method is called: its saved label; empty: the wallet."""
    saved_id = auto.consent.methods[place]["saved_id"]
    saved = SavedMethod.objects.filter(public_id=saved_id).first() if saved_id else None
    return {"method": saved.label if saved else ""}


def _tell(
    auto: AutoRenewal, key: str, kind: str, parameters: dict[str, Any], now: datetime
) -> None:
    named = {"esim_label": auto.esim.label, "iccid_tail": auto.esim.iccid[-4:]}
    notify(
        subscriber_id=auto.subscriber_id,
        key=key,
        kind=kind,
        parameters=named | parameters,
        now=now,
    )
