"""By what somebody shows, before an eSIM is moved or charges are agreed to, that it is the person
and not a thief with their session: the payment PIN, or the second step."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.http import HttpRequest

from limosa.domain.accounts.queries import pin_status
from limosa.web.second_step import has_second_step
from limosa.web.shown import has_shown_second_step_lately
from limosa.web.storefront.access import person_of


class Proof(StrEnum):
    """GIVEN: the second step was given just now. PIN: asked for in the form. LOCKED: the PIN, but
    not now. MISSING: there is neither a PIN nor a second step, so a PIN has to be set first."""

    GIVEN = "given"
    PIN = "pin"
    SECOND_STEP = "second_step"
    LOCKED = "locked"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `has_step`: the second step would do as well."""

    proof: Proof
    has_step: bool
    locked_until: datetime | None = None


def asked_proof(request: HttpRequest, *, now: datetime) -> Asked:
    """Return what the signed-in person is asked for now. Raises Http404."""
    person = person_of(request)
    has_step = has_second_step(person)
    if has_step and has_shown_second_step_lately(request, person, now=now):
        return Asked(Proof.GIVEN, has_step)
    status = pin_status(subscriber_id=person.pk, now=now)
    if status.is_set and status.locked_until is None:
        return Asked(Proof.PIN, has_step)
    if has_step:
        return Asked(Proof.SECOND_STEP, has_step)
    if status.is_set:
        return Asked(Proof.LOCKED, has_step, status.locked_until)
    return Asked(Proof.MISSING, has_step)
