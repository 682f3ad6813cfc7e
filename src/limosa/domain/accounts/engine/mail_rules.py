"""How much mail strangers can cause by typing somebody's address.

Mail is counted by recipient, whoever caused it. All kinds share a daily cap, and each kind has a
lower one of its own. Codes for a new address and "there is no account" mails can't use up the day:
at least one mail is left for a link to set a new password. "There is no account" goes to people who
have never heard of us, so it also counts against the address that causes it: beyond that limit it
is not sent, but nobody there is refused anything. The code of a sign-up has no limit here: an
account is created once and gets at most three codes.

Every mail takes the same number of steps, so timing reveals nothing about an address.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from limosa.domain.accounts.engine.attempt_rules import Counted, Rate, network_of

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
MAILS_A_DAY = 5
# As many as may sign up from there, since a sign-up also mails somebody who may not have asked.
_TO_STRANGERS = Rate(20, 10 * _MINUTE)
_ANY = Rate(1_000_000_000, _DAY)


class MailKind(StrEnum):
    """A kind of mail that is sent to an address because somebody typed it."""

    RESET = "reset"
    ADDRESS_CODE = "address_code"
    SIGN_UP_CODE = "sign_up_code"
    KNOWN_ADDRESS = "known_address"
    UNKNOWN_ADDRESS = "unknown_address"


_A_DAY: Mapping[MailKind, int] = {
    MailKind.RESET: MAILS_A_DAY,
    MailKind.ADDRESS_CODE: 3,
    MailKind.KNOWN_ADDRESS: 1,
    MailKind.UNKNOWN_ADDRESS: 1,
}

_FROM_AN_ADDRESS: Mapping[MailKind, Rate] = {MailKind.UNKNOWN_ADDRESS: _TO_STRANGERS}


def mail_counts(kind: MailKind, *, recipient: str, address: str, device: str = "") -> list[Counted]:
    """Return the counts a mail adds to, in order; each only if the previous one lets it pass.

    address: the requester's real one. device: one that has signed in to the account before; its
    requests are counted separately.
    """
    whose = f"{recipient.strip().lower()} {device}".strip()
    if kind is MailKind.SIGN_UP_CODE:
        return [Counted(f"mail {kind} {whose} {step}", _ANY) for step in range(4)]
    return [
        Counted(f"mail {kind} {whose} minute", Rate(1, _MINUTE)),
        Counted(f"mail {kind} {whose} day", Rate(_A_DAY[kind], _DAY)),
        Counted(f"mail all {whose} day", Rate(MAILS_A_DAY, _DAY)),
        Counted(f"mail {kind} from {network_of(address)}", _FROM_AN_ADDRESS.get(kind, _ANY)),
    ]
