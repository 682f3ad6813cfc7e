"""The limit that keeps strangers from filling a mailbox by typing its address."""

from datetime import datetime

from limosa.domain.accounts.attempt_counts import add_to_count
from limosa.domain.accounts.engine.mail_rules import MailKind, mail_counts


def count_mail(
    *, kind: MailKind, recipient: str, address: str, now: datetime, device: str = ""
) -> bool:
    """Count a mail to `recipient`, and return whether it may be sent.

    `address`: the requester's real one. `device`: the digest of a known device, whose requests are
    counted apart from those of strangers.
    Always four statements, whatever the result, so timing reveals nothing; each locks its own count
    until the transaction ends, if one is open.
    """
    may = True
    for counted in mail_counts(kind, recipient=recipient, address=address, device=device):
        may = add_to_count(counted, now=now, attempts=int(may)) is None and may
    return may
