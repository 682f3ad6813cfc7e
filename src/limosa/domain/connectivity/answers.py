"""The vocabulary between us and a supplier: our requests, and its answers.

A clear answer is a value from this module. Anything else (no answer, a late or partial one, one
that can't be parsed) is a ProviderError, and means that the order may have been placed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from limosa.domain.coverage.engine.facts import NOTHING, PlanFacts
from limosa.domain.esims.engine.installation_life import ProfileReport
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierEsim:
    """An eSIM as its supplier knows it. `reference`: the supplier's own id for it, if it has one;
    some suppliers reuse ICCIDs. `order_reference`: the supplier's id of the order that it came
    with, if that is known."""

    iccid: str
    reference: str = ""
    order_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRequest:
    """Our order. `number`: ours, and the idempotency key: one number is one order, however often it
    is sent. `renewed` None: a new eSIM. `cost`: what we expect to pay, to be sent along where the
    supplier refuses an order whose price has changed; None: not known."""

    number: str
    plan_code: str
    renewed: SupplierEsim | None = None
    cost: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementRequest:
    """Another profile for an eSIM. `number`: ours, and the idempotency key: one number is one
    profile. `plan_code`: of the newest plan on it. `replaced`: the eSIM as it is."""

    number: str
    plan_code: str
    replaced: SupplierEsim


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
    `renewed` None: it was for a new eSIM, which is `delivered` once it is known."""

    number: str
    reference: str = ""
    renewed: SupplierEsim | None = None
    delivered: SupplierEsim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It was delivered. `profile` None, or with the ICCID of the eSIM that the order is for: the
    bundle was added to that eSIM. `cost`: what the supplier charged; None: it does not say."""

    reference: str = ""
    profile: Profile | None = None
    cost: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """It was ordered, and will be delivered later. `ask_after` None: follow our schedule."""

    reference: str = ""
    ask_after: timedelta | None = None


class Failure(StrEnum):
    """What to do after a refusal.

    AGAIN: try the same supplier later: busy, rate-limited. ANOTHER: this supplier can't for now,
    another may: out of stock, no longer sold, its price has changed, our balance there is too low,
    maintenance. NEVER: there is no point in asking this supplier again. Either way, the plan's next
    supplier is asked, or the money goes back.
    """

    AGAIN = "again"
    ANOTHER = "another"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The supplier understood, and ordered nothing. `reason`: a term of ours for the record.

    With AGAIN, also used when it is certain that nothing reached the supplier. `wait`: for how long
    it wants to be left alone; None: it does not say.
    """

    failure: Failure
    reason: str
    wait: timedelta | None = None


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
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderReview:
    """People there decide. `application`: the supplier's own id of what we applied for, which
    somebody can quote to it; empty: it named none, or it was told before."""

    application: str = ""


# Pending: what is to be undone is still being made.
UndoAnswer = CancelAnswer | UnderReview | Pending


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyNews:
    """What a callback says about one order, named by our number or only by the supplier's
    reference."""

    number: str = ""
    reference: str = ""
    answer: Delivered | Pending | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyNotice:
    """That something happened to an order; what, is for us to ask. It names one of our number, the
    supplier's reference, and its own id of our application to cancel the order."""

    number: str = ""
    reference: str = ""
    application: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedProfile:
    """What a callback says about a profile on a device. `reference`: of the order that delivered
    it; `eid` empty: not told."""

    reference: str
    iccid: str
    eid: str
    report: ProfileReport


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierUsage:
    """A reading of an eSIM by the supplier's own count, as of `as_of`.

    `used_bytes` and `total_bytes` are of the bundle that runs; None: it does not say (an unlimited
    plan has no total). `ends_at`: of that bundle; None: it does not say, or none runs. `number`:
    ours, of the order that the bundle came with, the oldest that runs; empty: it does not say.
    """

    esim: SupplierEsim
    as_of: datetime
    used_bytes: int | None
    total_bytes: int | None = None
    ends_at: datetime | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierCallback:
    """A parsed callback. `message_id`: the same when it is sent again.

    `news`: one for each order of which it says where it stands. `notices`: of those of which it
    says something else. `reports`: what was seen of
    profiles on devices. `usages`: readings, or, where its callbacks are not signed, only which
    eSIMs to read now.
    """

    message_id: str
    news: tuple[SupplyNews, ...] = ()
    notices: tuple[SupplyNotice, ...] = ()
    reports: tuple[ReportedProfile, ...] = ()
    usages: tuple[SupplierUsage, ...] = ()


class CallbackRefusedError(Exception):
    """The callback is not from the supplier, or can't be parsed; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CallbackUnreadableError(CallbackRefusedError):
    """The callback is from the supplier, and can't be parsed."""


class PlanUse(StrEnum):
    """What a plan in a supplier's list is bought for: a new eSIM, one that exists, or either."""

    NEW_ESIM = "new_esim"
    RENEWAL = "renewal"
    EITHER = "either"


class Activation(StrEnum):
    """When a plan's days begin to count, as the supplier tells; UNKNOWN: it does not."""

    ORDER = "order"
    INSTALLATION = "installation"
    FIRST_USE = "first_use"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPlan:
    """A plan in the supplier's own list, in our units.

    `volume_bytes` None: unlimited. `daily_bytes`: at full speed per day; None: not by day.
    `throttled_kbps`: the speed after that, 0: none; None: not told. `days`: it is valid, once it
    has begun; None: not told. `day_zone`: where a day begins, an IANA time zone; empty: 24 hours
    from its start, or not told. `countries`: ISO 3166-1 alpha-2. `exit_country`: where its traffic
    leaves; empty: not told. `renewed_by`: codes in the same list that renew an eSIM of this plan;
    `is_renewable` None: only the supplier's answer for one eSIM can tell. `rules`: anything else
    that a buyer would want to know has changed, by the supplier's own names. `facts`: what it says
    of the plan where it is used; its exit country is the field above.
    """

    code: str
    name: str
    use: PlanUse
    cost: Money
    volume_bytes: int | None
    days: int | None
    countries: tuple[str, ...]
    daily_bytes: int | None = None
    throttled_kbps: int | None = None
    activation: Activation = Activation.UNKNOWN
    day_zone: str = ""
    exit_country: str = ""
    is_renewable: bool | None = None
    renewed_by: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    facts: PlanFacts = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """A page of a supplier's list. `next_page`: asks for the one after it; empty: this is the last.
    `total`: plans in all; None: not told. `left_out`: plans that it lists and that can't be said in
    our units, such as at a fraction of a cent: why, by their codes."""

    plans: tuple[SupplierPlan, ...]
    next_page: str = ""
    total: int | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierBalance:
    """Our prepaid money at the supplier that can be spent, with any credit it grants."""

    available: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A line of the supplier's statement: an order that it charged, or gave money back for.

    `amount`: positive: we paid. `number`: ours, `reference`: its own; either may be empty.
    `charge_id`: the same whenever the line is fetched.
    """

    charge_id: str
    amount: Money
    charged_at: datetime
    number: str = ""
    reference: str = ""
