from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.autorenewal.charges import Course, Stand, stand_of
from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.models import Attempt, AutoRenewal
from limosa.domain.autorenewal.operations.settle_attempt import settle_attempt
from limosa.domain.autorenewal.standing import last_bundle
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.ordering.refusals import (
    AmountTooSmallError,
    PayerNeededError,
    PaymentMethodNotOfferedError,
)
from limosa.domain.payments.queries import WALLET
from limosa.domain.payments.requests import SAVED, Payer, PaymentMethodChoice
from limosa.foundation.errors import DomainRefusal, ProviderError

_AGAIN_FIRST = timedelta(minutes=2)
_AGAIN_MOST = timedelta(hours=1)


def charge_attempt(*, attempt_id: int, now: datetime) -> None:
    """Charge an attempt under way, or learn what became of it; however often it is called, the
    money is taken once.

    One whose charge is unknown or undecided stays open, and is looked at again. No transaction may
    be open: a provider is called.
    Locks: the automatic renewal, before the call and after it, each time as settle_attempt.
    """
    if not _may_charge(attempt_id, now):
        return
    hint = _charge(attempt_id, now)
    _settle(attempt_id, hint, now)


@transaction.atomic
def _may_charge(attempt_id: int, now: datetime) -> bool:
    """Return whether to charge it: it is under way, and was not charged yet. One that nobody wants
    any more is called off: much may have happened since it was begun."""
    attempt = _held(attempt_id)
    if attempt is None:
        return False
    course = stand_of(attempt, now=now)
    if course.stand is Stand.FRESH and not _is_over(attempt, now):
        return True
    if course.stand is Stand.FRESH:
        course = Course(Stand.REFUSED, Outcome.WITHDRAWN)
    _keep(attempt, course, None, now)
    return False


def _is_over(attempt: Attempt, now: datetime) -> bool:
    """Return whether its bundle has ended, or the consent, or something follows the bundle."""
    cycle = attempt.cycle
    until = cycle.auto_renewal.consent.until
    if cycle.ends_at <= now or (until is not None and until <= now):
        return True
    last = last_bundle(cycle.auto_renewal.esim_id)
    return last is None or last.pk != cycle.bundle_id


def _charge(attempt_id: int, now: datetime) -> Outcome | None:
    """Return what the answer says of the method; None: nothing beyond the payment's own state."""
    attempt = Attempt.objects.select_related("cycle__auto_renewal__consent").get(pk=attempt_id)
    order = Order.objects.select_related("quote__plan", "subscriber").get(
        number=attempt.order_number
    )
    method = attempt.cycle.auto_renewal.consent.methods[attempt.place]
    choice = PaymentMethodChoice(
        provider=method["provider"],
        method=WALLET if method["provider"] == WALLET else SAVED,
        saved_id=method["saved_id"],
        is_automatic=True,
    )
    payer = Payer(ip="", language=order.subscriber.language)
    try:
        start_payment(order=order, choice=choice, payer=payer, now=now)
    except PayerNeededError:
        return Outcome.PAYER
    except (PaymentMethodNotOfferedError, AmountTooSmallError):
        return Outcome.HARD
    except DomainRefusal:
        return Outcome.SOFT  # The wallet is too low; or its state tells.
    except ProviderError:
        return None
    return None


@transaction.atomic
def _settle(attempt_id: int, hint: Outcome | None, now: datetime) -> None:
    attempt = _held(attempt_id)
    if attempt is not None:
        _keep(attempt, stand_of(attempt, now=now), hint, now)


def _keep(attempt: Attempt, course: Course, hint: Outcome | None, now: datetime) -> None:
    auto = attempt.cycle.auto_renewal
    refused = hint if course.stand is not Stand.REFUSED else hint or course.outcome
    if course.stand is Stand.PAID or (refused is not None and course.stand is not Stand.WAITS):
        settle_attempt(attempt=attempt, outcome=refused or Outcome.SOFT, now=now)
        auto.next_at = now
    else:
        waited = max(now - attempt.begun_at, _AGAIN_FIRST)
        auto.next_at = now + min(waited, _AGAIN_MOST)
    auto.save(update_fields=["next_at"])


def _held(attempt_id: int) -> Attempt | None:
    """Return an attempt that is still under way, its automatic renewal locked."""
    found = Attempt.objects.filter(pk=attempt_id).values_list("cycle__auto_renewal_id", flat=True)
    AutoRenewal.objects.select_for_update(of=("self",)).get(pk=found.get())
    return (
        Attempt.objects.filter(pk=attempt_id, outcome=Outcome.OPEN)
        .select_related(
            "cycle__auto_renewal__consent",
            "cycle__auto_renewal__esim",
            "cycle__auto_renewal__subscriber",
            "cycle__plan",
        )
        .first()
    )
