"""Strangers can't fill a mailbox by typing its address."""

from datetime import datetime

from limosa.domain.accounts.engine.mail_rules import MailKind, mail_counts
from limosa.domain.accounts.try_counts import add_to_count


def count_mail(
    *, kind: MailKind, recipient: str, address: str, now: datetime, device: str = ""
) -> bool:
    """Count a mail to `recipient`, and return whether it may be sent.

    `address`: the real one of whoever causes it. `device`: the digest of a known one; what it asks
    for counts apart from what strangers cause.
    Four statements, whether it may or not, so that the time tells nothing; each locks its own count
    until the transaction ends, if one is open.
    """
    may = True
    for counted in mail_counts(kind, recipient=recipient, address=address, device=device):
        may = add_to_count(counted, now=now, tries=int(may)) is None and may
    return may
