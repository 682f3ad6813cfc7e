"""Delete account mail that is over."""

from datetime import datetime, timedelta

from limosa.domain.notifications.models import AccountMail

# Longer than a key that is told once a day is to be known.
_KEPT = timedelta(days=2)


def forget_account_mail(*, now: datetime) -> int:
    """Delete what was stored two days ago, and return how many mails that were.

    What they said was emptied before: the last try is six hours after the first.
    """
    deleted, _ = AccountMail.objects.filter(created_at__lt=now - _KEPT).delete()
    return deleted
