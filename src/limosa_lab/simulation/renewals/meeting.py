"""What happened in a run about renewals, by its end, as the witness and our rows have it."""

from collections.abc import Iterator

from limosa.domain.autorenewal.models import Attempt, AutoRenewal, Cycle
from limosa.domain.notifications.models import Notification
from limosa_lab.simulation.outcome import Happened
from limosa_lab.simulation.renewals.course import RenewalCourse


def met_in(course: RenewalCourse) -> frozenset[Happened]:
    """Return the events that occurred, by the names in happenings.py."""
    return frozenset((name, "") for name in _names(course))


def _names(course: RenewalCourse) -> Iterator[str]:
    if course.gaps.renewed:
        yield "renewed in time"
    yield from (f"not renewed: {why}" for why in course.gaps.excused)
    yield from (f"attempt {outcome}" for outcome in _values(Attempt, "outcome"))
    yield from (f"cycle {state}" for state in _values(Cycle, "state"))
    yield from (f"unable {why}" for why in _values(Cycle, "unable") if why)
    yield from (f"ended: {why}" for why in _values(AutoRenewal, "end_reason") if why)
    told = Notification.objects.filter(kind__startswith="auto_renewal")
    yield from (f"told {kind}" for kind in told.values_list("kind", flat=True).distinct())
    if any(agreement.skipped for agreement in course.record.agreements):
        yield "left out"
    if course.record.undone:
        yield "undone"
    if course.crashes:
        yield "a death"


def _values(model: type[Attempt] | type[AutoRenewal] | type[Cycle], name: str) -> list[str]:
    return list(model._default_manager.values_list(name, flat=True).distinct())
