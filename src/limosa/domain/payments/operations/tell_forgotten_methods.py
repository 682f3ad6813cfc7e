"""Delete at their providers the saved methods that were removed here."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from limosa.domain.payments.models import SavedMethod
from limosa.domain.payments.registry import provider_for
from limosa.foundation.errors import ProviderError

_LEASE = timedelta(hours=1)  # A provider that does not answer is told again after this.


def tell_forgotten_methods(*, now: datetime, most: int = 20) -> int:
    """Tell the providers which methods to delete; return how many are done.

    No transaction may be open: providers are called. A provider that is no longer in the settings
    can't be told, but can't charge the method for us either.
    Locks:  the SavedMethod rows, while their time is moved ahead; locked rows are skipped.
    """
    return sum(_tell(saved, now) for saved in _leased(now, most))


@transaction.atomic
def _leased(now: datetime, most: int) -> list[SavedMethod]:
    due = list(
        SavedMethod.objects.select_for_update(skip_locked=True)
        .filter(next_forget_at__lte=now)
        .order_by("next_forget_at")[:most]
    )
    keys = [saved.pk for saved in due]
    SavedMethod.objects.filter(pk__in=keys).update(next_forget_at=now + _LEASE)
    return due


def _tell(saved: SavedMethod, now: datetime) -> bool:
    if saved.provider in settings.PAYMENT_PROVIDERS:
        try:
            provider_for(saved.provider).forget(saved.reference)
        except ProviderError:
            return False
    leased = SavedMethod.objects.filter(pk=saved.pk, next_forget_at=now + _LEASE)
    return bool(leased.update(next_forget_at=None))
