"""After a password change, devices that signed in with the old password are unknown again."""

from limosa.domain.accounts.device_tokens import digest_of
from limosa.domain.accounts.models import KnownDevice


def forget_devices(*, subscriber_id: int, but_token: str = "") -> None:
    """Forget all of a person's devices except the one that holds the token."""
    devices = KnownDevice.objects.filter(subscriber_id=subscriber_id)
    if but_token:
        devices = devices.exclude(digest=digest_of(but_token))
    devices.delete()
