from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from limosa.domain.autorenewal.engine.course import Unable
from limosa.domain.autorenewal.models import AutoRenewal, Consent, EndReason
from limosa.domain.autorenewal.news import tell_on
from limosa.domain.autorenewal.offering import offer_of, usable_places
from limosa.domain.autorenewal.operations.end_auto_renewal import end_auto_renewal
from limosa.domain.autorenewal.refusals import AutoRenewalNotOfferedError, AutoRenewalOnError
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.rows import insert_row_once
from limosa.foundation.identifiers import random_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the person agreed to, as Consent has it. `plan_code` empty: whichever is cheapest.
    `methods`: (provider, public id of a saved method, empty for the wallet), in their order."""

    plan_code: str
    cap_minor: int
    currency: str
    methods: Sequence[tuple[str, str]]
    wording: str
    language: str
    address: str = ""
    until: datetime | None = None
    used_percent: int | None = None
    month_cap_minor: int | None = None


@transaction.atomic
def switch_on(*, esim: Esim, agreed: Agreed, now: datetime) -> AutoRenewal:
    """Record a consent, and have an eSIM renewed on its terms; return the automatic renewal.

    One that is on already ends, with its consent, and this takes its place; what it had announced
    is announced anew. One that is on by the same terms stays, unless something came of it: whoever
    skipped or undid a renewal may want it after all. Nothing is charged by this. The caller fetched
    the eSIM through its owner, and checked the PIN where one is needed. The person is told.
    Locks:  the eSIM's automatic renewal, then as end_auto_renewal.
    Raises: AutoRenewalNotOfferedError; AutoRenewalOnError: another press at this moment was first;
            nothing changed.
    """
    methods = [{"provider": provider, "saved_id": saved} for provider, saved in agreed.methods]
    _check(esim, agreed, methods, now)
    plan = _plan(esim, agreed, now)
    running = (
        AutoRenewal.objects.select_for_update(of=("self",))
        .filter(esim=esim, ended_at=None)
        .select_related("consent", "esim")
        .first()
    )
    if running is not None and _is_pressed_again(running, _agreed_terms(agreed, methods, plan)):
        return running
    if running is not None:
        end_auto_renewal(auto=running, reason=EndReason.CHANGED, now=now)
    consent = _consent(esim, agreed, methods, plan, now)
    auto = AutoRenewal(
        public_id=random_code(12),
        esim=esim,
        subscriber_id=esim.subscriber_id,
        consent=consent,
        started_at=now,
        next_at=now,
    )
    if not insert_row_once(auto):
        raise AutoRenewalOnError
    tell_on(auto, plan=plan, now=now)
    return auto


def _plan(esim: Esim, agreed: Agreed, now: datetime) -> Plan | None:
    if not agreed.plan_code:
        return None
    offer = offer_of(agreed.plan_code, esim=esim, currency=agreed.currency, now=now)
    if isinstance(offer, Unable):
        raise AutoRenewalNotOfferedError
    return offer.plan


def _check(esim: Esim, agreed: Agreed, methods: list[dict[str, str]], now: datetime) -> None:
    usable = usable_places(methods, subscriber_id=esim.subscriber_id)
    is_over = agreed.until is not None and agreed.until <= now
    if esim.state == EsimState.DELETED or is_over or len(usable) < max(len(methods), 1):
        raise AutoRenewalNotOfferedError


def _is_pressed_again(running: AutoRenewal, terms: tuple[object, ...]) -> bool:
    is_untouched = not running.cycles.filter(closed_at__isnull=False).exists()
    return is_untouched and _terms(running.consent) == terms


def _terms(consent: Consent) -> tuple[object, ...]:
    return (
        consent.plan_id,
        consent.cap_minor,
        consent.currency,
        consent.methods,
        consent.wording,
        consent.until,
        consent.used_percent,
        consent.month_cap_minor,
    )


def _agreed_terms(
    agreed: Agreed, methods: list[dict[str, str]], plan: Plan | None
) -> tuple[object, ...]:
    return (
        plan.pk if plan else None,
        agreed.cap_minor,
        agreed.currency,
        methods,
        agreed.wording,
        agreed.until,
        agreed.used_percent,
        agreed.month_cap_minor,
    )


def _consent(
    esim: Esim, agreed: Agreed, methods: list[dict[str, str]], plan: Plan | None, now: datetime
) -> Consent:
    return Consent.objects.create(
        public_id=random_code(12),
        subscriber_id=esim.subscriber_id,
        esim=esim,
        plan=plan,
        cap_minor=agreed.cap_minor,
        currency=agreed.currency,
        until=agreed.until,
        used_percent=agreed.used_percent,
        month_cap_minor=agreed.month_cap_minor,
        methods=methods,
        wording=agreed.wording,
        language=agreed.language,
        address=agreed.address,
        given_at=now,
    )
