"""Strangers can't fill a mailbox by typing its address."""

from datetime import datetime

from limosa.domain.accounts.engine.mail_rules import MailKind, mail_counts
from limosa.domain.accounts.try_counts import add_to_count


def count_mail(*, kind: MailKind, recipient: str, now: datetime, device: str = "") -> bool:
    """Count a mail to an address, and return whether it may be sent.

    `device`: the digest of a known one; what it asks for counts apart from what strangers cause.
    At most three statements; each locks its own count until the transaction ends, if one is open.
    """
    counts = mail_counts(kind, recipient=recipient, device=device)
    return all(add_to_count(counted, now=now) is None for counted in counts)
