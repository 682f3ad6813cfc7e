from datetime import datetime

from django.conf import settings

from limosa.domain.payments.calling import Caller, call_directly, provider_called_by
from limosa.domain.payments.models import SavedMethod


def forget_saved_method(
    *, subscriber_id: int, public_id: str, now: datetime, caller: Caller = call_directly
) -> bool:
    """Delete a person's saved card or account, first at its provider, then here.

    Returns whether there was one; one that is already removed, or another person's, does not count.
    No transaction may be open: the provider is called. A provider that is no longer in the settings
    can't be told, but can't charge the method for us either.
    Raises: ProviderError: the method is still saved, and can be removed again.
    """
    saved = SavedMethod.objects.filter(
        subscriber_id=subscriber_id, public_id=public_id, removed_at=None
    ).first()
    if saved is None:
        return False
    if saved.provider in settings.PAYMENT_PROVIDERS:
        provider_called_by(caller, saved.provider).forget(saved.reference)
    SavedMethod.objects.filter(pk=saved.pk, removed_at=None).update(removed_at=now)
    return True
