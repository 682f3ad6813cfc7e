"""A browser that has just signed in is known to the account from now on."""

from datetime import datetime

from limosa.domain.accounts.device_tokens import digest_of
from limosa.domain.accounts.models import DEVICE_LENGTH_MAX, KnownDevice


def know_device(*, subscriber_id: int, token: str, device: str, now: datetime) -> None:
    """Remember that the device which holds the token signed in to the account.

    Of the token only a digest is kept: whoever reads the table can't pass for the device.
    """
    KnownDevice.objects.update_or_create(
        subscriber_id=subscriber_id,
        digest=digest_of(token),
        defaults={"device": device.replace("\0", "")[:DEVICE_LENGTH_MAX], "seen_at": now},
    )
