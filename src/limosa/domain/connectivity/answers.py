"""The vocabulary between us and a supplier: our requests, and its answers.

A clear answer is a value from this module. Anything else (no answer, a late or partial one, one
that can't be parsed) is a ProviderError, and means that the order may have been placed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from limosa.domain.esims.engine.installation_life import ProfileReport
from limosa.domain.esims.engine.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewedEsim:
    """The eSIM that an order is for. `reference`: the supplier's own id for it, if it has one."""

    iccid: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRequest:
    """Our order. `number`: ours, and the idempotency key: one number is one order, however often it
    is sent. `renewed` None: a new eSIM."""

    number: str
    plan_code: str
    renewed: RenewedEsim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementRequest:
    """Another profile for an eSIM. `number`: ours, and the idempotency key: one number is one
    profile. `plan_code`: of the newest plan on it. `replaced`: the eSIM as it is."""

    number: str
    plan_code: str
    replaced: RenewedEsim


class Reinstall(StrEnum):
    """Whether the code of an eSIM installs it once more, on the device that had it.

    POSSIBLE. NOT_DELETED: once that device has reported that it deleted it. USED_UP: not again.
    UNKNOWN: the supplier does not say.
    """

    POSSIBLE = "possible"
    NOT_DELETED = "not_deleted"
    USED_UP = "used_up"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallTerms:
    """How often the code of an eSIM installs it. `left`: times; None: not limited, or unknown."""

    reinstall: Reinstall
    left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyHandle:
    """An order at the supplier. `reference`: the supplier's own id; empty: we never learned it.
    `renewed` None: it was for a new eSIM."""

    number: str
    reference: str = ""
    renewed: RenewedEsim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It was delivered. `profile` None, or with the ICCID of the eSIM that the order is for: the
    bundle was added to that eSIM."""

    reference: str = ""
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """It was ordered, and will be delivered later. `ask_after` None: follow our schedule."""

    reference: str = ""
    ask_after: timedelta | None = None


class Failure(StrEnum):
    """What to do after a refusal.

    AGAIN: try the same supplier later: busy, rate-limited, our balance is too low. ANOTHER: this
    supplier can't, another may: out of stock, no longer sold. NEVER: there is no point in trying
    again.
    """

    AGAIN = "again"
    ANOTHER = "another"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The supplier understood, and ordered nothing. `reason`: a term of ours for the record.

    With AGAIN, also used when it is certain that nothing reached the supplier.
    """

    failure: Failure
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The supplier already has an order with our number."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The supplier states verifiably that it has no order with this number."""


SupplyAnswer = Delivered | Pending | Refused | Duplicate | Unknown


class CancelAnswer(StrEnum):
    """The result of cancelling, or of ending a bundle early. DONE also if it was done before."""

    DONE = "done"
    UNDER_REVIEW = "under_review"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyNews:
    """What a callback says about one order, named by our number or only by the supplier's
    reference."""

    number: str = ""
    reference: str = ""
    answer: Delivered | Pending | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedProfile:
    """What a callback says about a profile on a device. `reference`: of the order that delivered
    it; `eid` empty: not told."""

    reference: str
    iccid: str
    eid: str
    report: ProfileReport


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierCallback:
    """A parsed callback. `message_id`: the same when it is sent again.

    `news`: one for each order that it names; empty if it names none. `reports`: what was seen of
    profiles on devices.
    """

    message_id: str
    news: tuple[SupplyNews, ...] = ()
    reports: tuple[ReportedProfile, ...] = ()


class CallbackRefusedError(Exception):
    """The callback is not from the supplier, or can't be parsed; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CallbackUnreadableError(CallbackRefusedError):
    """The callback is from the supplier, and can't be parsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPlan:
    """A plan in the supplier's own list."""

    code: str
    volume_bytes: int | None
    cost_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierUsage:
    """Bytes used so far on an eSIM, by the supplier's own count as of `as_of`."""

    used_bytes: int
    as_of: datetime
