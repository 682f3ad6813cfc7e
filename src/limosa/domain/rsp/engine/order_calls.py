"""The calls by which a profile is ordered (ES2+): what they carry.

Source: SGP.22 sections 5.3.1 to 5.3.4.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.rsp.engine.redownload import DownloadPolicy
from limosa.foundation.identifiers import random_code
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

_MATCHING_ID = re.compile(r"[A-Za-z0-9-]{1,255}")
_EID = re.compile(r"[0-9]{32}")
_HALF_LENGTH = 32
_MADE_GROUPS, _MADE_GROUP_LENGTH = 4, 5  # 100 bits.


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and which of their calls it is. A call repeated with its identifier and the same
    content is answered as before; without an identifier, no repetition is recognized.

    `types`: the profile types that they may order; None: every one.
    """

    requester: str = ""
    call_id: str = ""
    types: frozenset[str] | None = None

    def may_order(self, profile_type: str) -> bool:
        """Tell whether they may order profiles of a type."""
        return self.types is None or profile_type in self.types


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What confirming an order carries.

    `matching_id` None: we make one; empty: the device comes by its EID alone. `code`: the
    confirmation code, as the person will enter it.
    """

    matching_id: str | None = None
    eid: str = ""
    code: str = ""
    smds_address: str = ""
    is_released: bool = True

    def __repr__(self) -> str:
        """Leave out what opens a download."""
        return f"Confirmation(eid={bool(self.eid)}, is_released={self.is_released})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """What an order has of its own. `policy` None: its type's."""

    policy: DownloadPolicy | None = None
    expires_at: datetime | None = None


def call_key(function: str, caller: Caller, *content: str) -> str:
    """Return what two calls share only if one repeats the other; empty: none can repeat it.

    The first half is the same for all calls that a caller gives one identifier.
    """
    if not caller.call_id:
        return ""
    return _half(caller.requester, caller.call_id) + _half(function, *content)


def with_call(calls: str, key: str) -> str:
    """Return the calls of an order with one more."""
    return f"{calls} {key}".strip()


def has_call(calls: str, key: str) -> bool:
    """Tell whether a call repeats one of an order's: its last, or any whose identifier is that
    call's alone. Whoever names several calls alike does not tell them apart by that."""
    known = calls.split()
    if key not in known:
        return False
    return key == known[-1] or _named_alike(known, key) == 1


def has_name_of(calls: str, key: str) -> bool:
    """Tell whether one of an order's calls has the same identifier as a call."""
    return _named_alike(calls.split(), key) > 0


def _named_alike(known: list[str], key: str) -> int:
    return sum(one[:_HALF_LENGTH] == key[:_HALF_LENGTH] for one in known)


def _half(*told: str) -> str:
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:_HALF_LENGTH]


def code_digest(code: str) -> bytes | None:
    """Return what is kept of a confirmation code: SHA-256; None: there is none."""
    return hashlib.sha256(code.encode()).digest() if code else None


def make_matching_id() -> str:
    """Return a matching id that nobody guesses: 20 capital letters and digits, in groups."""
    return "-".join(random_code(_MADE_GROUP_LENGTH) for _ in range(_MADE_GROUPS))


def may_be_matching_id(text: str) -> bool:
    """Tell whether an order may have it.

    No underscores: a phone need not take an activation code that has one.
    """
    return _MATCHING_ID.fullmatch(text) is not None


def check_matching_id(text: str) -> None:
    """Raise RspRefusal unless the text may be a matching id of an order.

    Devices may ask for any text; one that no order has is refused as such.
    """
    if not may_be_matching_id(text):
        raise RspRefusal(RspStatus.MALFORMED)


def check_eid(text: str) -> None:
    """Raise RspRefusal unless the text is an EID, or empty."""
    if text and not _EID.fullmatch(text):
        raise RspRefusal(RspStatus.MALFORMED)
