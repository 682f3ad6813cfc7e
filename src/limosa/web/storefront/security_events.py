"""Records security events for what happens on our pages."""

from django.http import HttpRequest
from django.utils import timezone

from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.web.origin import origin_of


def note_event(
    request: HttpRequest, *, person: Subscriber | None, kind: SecurityEventKind, details: str = ""
) -> None:
    """Record what was just done, with the time, address and device."""
    origin = origin_of(request)
    record_security_event(
        subscriber=person,
        kind=kind,
        origin=origin,
        now=timezone.now(),
        details=details,
    )
