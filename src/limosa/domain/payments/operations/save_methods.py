from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.payments.calls import recorded_call
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import Payment, PaymentState, SavedMethod
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.status_reports import SavedMethodReport
from limosa.foundation.errors import ProviderError
from limosa.foundation.identifiers import random_code

_RETRY_FOR = timedelta(days=1)


def save_methods(*, now: datetime, most: int = 50) -> int:
    """Save the methods that people asked to save with a payment; return how many were saved.

    The provider is called with no transaction open. One that does not answer is called again in the
    next round, for a day after the payment. A method that was removed before is restored, since the
    person asked for it again.
    """
    due = Payment.objects.filter(
        save_wanted=True,
        state=PaymentState.SUCCEEDED,
        saved_method__isnull=True,
        paid_at__gt=now - _RETRY_FOR,
    ).order_by("id")
    return sum(_save(payment, now) for payment in due[:most])


def _save(payment: Payment, now: datetime) -> bool:
    try:
        report = recorded_call(
            payment,
            "saved_method",
            lambda: provider_for(payment.provider).saved_method(payment_handle(payment)),
            outcome=lambda report: "saved" if report else "none",
            now=now,
        )
    except ProviderError:
        return False
    _store(payment, report)
    return report is not None


@transaction.atomic
def _store(payment: Payment, report: SavedMethodReport | None) -> None:
    if report is None:
        Payment.objects.filter(pk=payment.pk).update(save_wanted=False)
        return
    saved, _ = SavedMethod.objects.update_or_create(
        subscriber_id=payment.subscriber_id,
        provider=payment.provider,
        reference=report.reference,
        defaults={
            "label": report.label,
            "consented_at": payment.created_at,
            "removed_at": None,
            "next_forget_at": None,
        },
        create_defaults={
            "public_id": random_code(12),
            "label": report.label,
            "consented_at": payment.created_at,
        },
    )
    Payment.objects.filter(pk=payment.pk).update(saved_method=saved)
