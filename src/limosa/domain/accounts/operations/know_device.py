"""Make a browser that has just signed in a known device of the account."""

from datetime import datetime

from limosa.domain.accounts.device_tokens import digest_of
from limosa.domain.accounts.models import DEVICE_LENGTH_MAX, KnownDevice


def know_device(*, subscriber_id: int, token: str, device: str, now: datetime) -> None:
    """Remember that the device with this token has signed in to the account.

    Only a digest of the token is stored, so a reader of the table can't impersonate the device.
    """
    KnownDevice.objects.update_or_create(
        subscriber_id=subscriber_id,
        digest=digest_of(token),
        defaults={"device": device.replace("\0", "")[:DEVICE_LENGTH_MAX], "seen_at": now},
    )
