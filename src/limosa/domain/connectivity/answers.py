"""What passes between us and a supplier: what we ask for, and what it says of it.

What a supplier clearly said is a value of this module. Anything else (no answer, a late one, half
of one, one that can't be read) is a ProviderError, and means that the order may have been made.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from limosa.domain.esims.engine.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewedEsim:
    """The eSIM that an order is for. `reference`: the supplier's own name of it, if it has one."""

    iccid: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRequest:
    """What we order. `number`: ours, and the key: one number is one order, however often it is
    sent. `renewed` None: a new eSIM."""

    number: str
    plan_code: str
    renewed: RenewedEsim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyHandle:
    """An order at the supplier. `reference`: its own name there; empty: we never learned it."""

    number: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It is there. `profile` None: the bundle was put on the eSIM that the order is for."""

    reference: str = ""
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """It was ordered, and is delivered later. `ask_after` None: when our schedule says."""

    reference: str = ""
    ask_after: timedelta | None = None


class Failure(StrEnum):
    """What a refusal asks of us.

    AGAIN: the same one later: busy, too fast, our balance is too low. ANOTHER: this supplier can't,
    another may: out of stock, not sold any more. NEVER: nobody needs to try this again.
    """

    AGAIN = "again"
    ANOTHER = "another"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It understood, and nothing was ordered. `reason`: a word of ours for the record.

    Also the answer, with AGAIN, where it is certain that nothing reached the supplier.
    """

    failure: Failure
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """It has an order by our number already."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It says, verifiably, that it has no order by this number."""


SupplyAnswer = Delivered | Pending | Refused | Duplicate | Unknown


class CancelAnswer(StrEnum):
    """What became of a cancellation, or of ending a bundle early. DONE also when it was before."""

    DONE = "done"
    UNDER_REVIEW = "under_review"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyNews:
    """What a callback says of one order, by our number, or by the supplier's reference alone."""

    number: str = ""
    reference: str = ""
    answer: Delivered | Pending | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierCallback:
    """A callback that was read. `message_id`: the same when it is sent again.

    `news`: of as many orders as it names; empty: of none of them.
    """

    message_id: str
    news: tuple[SupplyNews, ...] = ()


class CallbackRefusedError(Exception):
    """The callback is not the supplier's, or can't be read; `reason` names which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPlan:
    """A plan as the supplier lists it."""

    code: str
    volume_bytes: int | None
    cost_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierUsage:
    """Bytes used so far on an eSIM, by the supplier's own count, as it stood at `as_of`."""

    used_bytes: int
    as_of: datetime
