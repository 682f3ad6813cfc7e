from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import Case, F, Max, Value, When

from limosa.domain.charging.engine.asking import Course, next_ask, spread_of
from limosa.domain.charging.models import CallAllowance, UsageWatch
from limosa.domain.charging.operations.apply_usage_reading import apply_usage_reading
from limosa.domain.charging.operations.take_usage_batch import TakenWatch, take_usage_batch
from limosa.domain.charging.suppliers import (
    counts_use,
    is_same_esim,
    reading_of,
    supplier_esims,
)
from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.registry import SupplierNotSetUpError, adapter_for
from limosa.domain.esims.models import OPEN_STATES, Bundle, Esim
from limosa.domain.http.messages import TooManyCallsError
from limosa.foundation.errors import ProviderError

NOT_TOLD = "not_told"
_NOT_TOLD_AGAIN = timedelta(hours=1)
_REST = timedelta(seconds=30)
_REST_DOUBLES_MAX = 5


def ask_usage(
    *,
    supplier_code: str,
    now: datetime,
    on_taken: Callable[[Sequence[TakenWatch]], object] | None = None,
) -> bool:
    """Ask a supplier for the use of the eSIMs that are due, in one call, and apply its answer.

    Returns False if nothing is due, no call may be made now, or there was no answer; then the
    supplier rests, longer each time; or as long as it told, if it takes no more calls for now.
    During the call no transaction is open and no row is locked: the eSIMs are leased
    (take_usage_batch). `on_taken`: is told which, before the call.
    Raises: DatabaseError of the first eSIM whose answer could not be stored, after the others.
    """
    try:
        adapter = adapter_for(supplier_code)
    except SupplierNotSetUpError:
        return False
    if not counts_use(adapter.capabilities):
        return False
    taken = take_usage_batch(supplier_code=supplier_code, can=adapter.capabilities, now=now)
    if not taken:
        return False
    if on_taken is not None:
        on_taken(taken)
    known = supplier_esims(Esim.objects.filter(pk__in=[one.esim_id for one in taken]))
    try:
        usages = adapter.usage([known[one.esim_id] for one in taken])
    except ProviderError as error:
        _let_rest(supplier_code, taken, until=now + _rest_after(supplier_code, error))
        return False
    CallAllowance.objects.filter(supplier=supplier_code, failures__gt=0).update(
        failures=0, rests_until=None
    )
    age = adapter.capabilities.usage_age
    faults = [
        fault for one in taken if (fault := _fault_of(one, known[one.esim_id], usages, age, now))
    ]
    if faults:
        raise faults[0]
    return True


def _fault_of(
    taken: TakenWatch,
    esim: SupplierEsim,
    usages: Sequence[SupplierUsage],
    usage_age: timedelta | None,
    now: datetime,
) -> DatabaseError | None:
    """Apply what was told of one eSIM; return what went wrong, so that the others go on."""
    told = [usage for usage in usages if is_same_esim(usage.esim, esim)]
    try:
        _apply(taken, told, usage_age, now)
    except DatabaseError as fault:
        return fault
    return None


def _apply(
    taken: TakenWatch, told: Sequence[SupplierUsage], usage_age: timedelta | None, now: datetime
) -> None:
    readings = [reading for usage in told if (reading := reading_of(usage)) is not None]
    if not readings:
        _note_not_counted(taken, usage_age, now, is_known=bool(told))
    for reading in sorted(readings, key=lambda one: one.as_of):
        apply_usage_reading(esim_id=taken.esim_id, reading=reading, attempt=taken.attempt, now=now)


def _note_not_counted(
    taken: TakenWatch, usage_age: timedelta | None, now: datetime, *, is_known: bool
) -> None:
    """Ask again later, while a bundle is open; an eSIM that the supplier does not know then is
    something to look at."""
    open_ones = Bundle.objects.filter(esim=taken.esim_id, state__in=OPEN_STATES)
    bought_at = open_ones.aggregate(newest=Max("created_at"))["newest"]
    changes: dict[str, Any] = {"next_at": None, "problem": "", "problem_at": None}
    if bought_at is not None:
        course, spread = Course(changed_at=bought_at), spread_of(taken.esim_id)
        again_at = next_ask(course, usage_age=usage_age, spread=spread, now=now)
        changes["next_at"] = again_at
        if not is_known:
            since = Case(When(problem=NOT_TOLD, then=F("problem_at")), default=Value(now))
            again_at = min(again_at, now + _NOT_TOLD_AGAIN)
            changes = {"next_at": again_at, "problem": NOT_TOLD, "problem_at": since}
    UsageWatch.objects.filter(esim=taken.esim_id, attempts=taken.attempt).update(**changes)


def _rest_after(supplier_code: str, error: ProviderError) -> timedelta:
    """Return how long to leave a supplier alone: longer after each failure, at most a quarter of an
    hour. That it takes no more calls for now is none: it told us how long, or as after the first.
    """
    if isinstance(error, TooManyCallsError):
        return error.wait or _REST
    allowance = CallAllowance.objects.filter(supplier=supplier_code)
    failures = allowance.get().failures
    allowance.update(failures=F("failures") + 1)
    rest: timedelta = _REST * 2 ** min(failures, _REST_DOUBLES_MAX)
    return rest


def _let_rest(supplier_code: str, taken: Sequence[TakenWatch], *, until: datetime) -> None:
    """Keep the eSIMs due, and leave the supplier alone."""
    CallAllowance.objects.filter(supplier=supplier_code).update(rests_until=until)
    for one in taken:  # One by one: two workers never wait for each other's rows.
        UsageWatch.objects.filter(esim=one.esim_id, attempts=one.attempt).update(next_at=until)
