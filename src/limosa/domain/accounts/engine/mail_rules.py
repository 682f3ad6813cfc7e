"""How much mail strangers can have sent to an address by typing it.

Mails count by the address that they go to, over whoever typed it. All kinds together have a cap a
day, and each kind its own below it. Codes for a new address and the news that there is no account
can't use up the day: at least one mail is left for a link with which a new password is chosen.
News that there is no account goes to people who never heard of us, so it counts for the address
that causes it too: what goes beyond is not mailed, and nobody there is refused anything.
The code of a sign-up has no limit here: an account is made once, and asks for three at most.

Each mail takes as many steps as any other, so that the time tells nothing of an address.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from limosa.domain.accounts.engine.try_rules import Counted, Rate, network_of

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
MAILS_A_DAY = 5
# As many as may sign up there: those get a mail that they did not ask for, too.
_TO_STRANGERS = Rate(20, 10 * _MINUTE)
_ANY = Rate(1_000_000_000, _DAY)


class MailKind(StrEnum):
    """What is mailed to an address because somebody typed it."""

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
    """Return what a mail adds to, in this order, each only if the one before lets it pass.

    address: the real one of whoever causes it. device: one that signed in to the account before;
    what it asks for counts apart from the rest.
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
