"""Delete old account mail."""

from datetime import datetime, timedelta

from limosa.domain.notifications.models import AccountMail

# Longer than the `once_key` of a mail sent at most once a day has to be remembered.
_KEPT = timedelta(days=2)


def forget_account_mail(*, now: datetime) -> int:
    """Delete account mail stored more than two days ago; return how many rows.

    Their content was cleared earlier: the last attempt is six hours after the first.
    """
    deleted, _ = AccountMail.objects.filter(created_at__lt=now - _KEPT).delete()
    return deleted
