"""What a supplier's interface can do, as declared by its adapter. Rules look at nothing else about
a supplier, and never at its name."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum


class Renewal(StrEnum):
    """What a renewal is at the supplier: another bundle on the same eSIM, or a new eSIM."""

    SAME_ESIM = "same_esim"
    NEW_ESIM = "new_esim"


class RenewalStart(StrEnum):
    """When a bundle begins that is bought for an eSIM on which another runs.

    AFTER_CURRENT: when that one ends. NOW_ADDED: at once; what is left of the other is kept.
    NOW_LOST: at once; what is left of the other is lost. AS_CHOSEN: as the person likes, after it
    or at once beside it, since the bundles are ours alone. UNKNOWN: the supplier does not say.
    """

    AFTER_CURRENT = "after_current"
    NOW_ADDED = "now_added"
    NOW_LOST = "now_lost"
    AS_CHOSEN = "as_chosen"
    UNKNOWN = "unknown"


class Idempotency(StrEnum):
    """How an order whose answer was lost can be recovered.

    SAME_ORDER: sending the same number again returns the same order, so it is sent again.
    SENT_AGAIN: as SAME_ORDER, but an order can't be looked up.
    DUPLICATE_REFUSED: sending the same number again is refused, and the order is looked up.
    LOOKED_UP: it can be looked up by our number, but sending it again might order twice.
    NONE: neither. It is never sent again automatically; people have to find out.
    """

    SAME_ORDER = "same_order"
    SENT_AGAIN = "sent_again"
    DUPLICATE_REFUSED = "duplicate_refused"
    LOOKED_UP = "looked_up"
    NONE = "none"


class Cancel(StrEnum):
    """Whether an unused order can be cancelled at the supplier, and who decides."""

    AT_ONCE = "at_once"
    REVIEWED = "reviewed"
    NONE = "none"


class Moving(StrEnum):
    """How an eSIM gets to another device.

    SAME_CODE: its code works there too, once it is deleted here. NEW_PROFILE: it gets another
    profile, with a code of its own, and the old one is retired. BY_SUPPORT: neither; whoever helps
    people has to ask the supplier.
    """

    SAME_CODE = "same_code"
    NEW_PROFILE = "new_profile"
    BY_SUPPORT = "by_support"


class UsageUnit(IntEnum):
    """The unit in which it counts usage, in bytes."""

    BYTE = 1
    KB = 1000
    KIB = 1024
    MB = 1000**2
    MIB = 1024**2


class CallbackAuth(StrEnum):
    """How a callback is authenticated.

    SIGNED: by a signature, so its content is believed. UNSIGNED: not at all, so it only makes us
    query the supplier. NONE: the supplier sends none.
    """

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What fulfilment, refunds and pages may rely on.

    `in_own_database`: `order` answers from our own database without an outside call, so an order is
    delivered in the commit that takes its money. `cancels_delivered` False: it cancels only what is
    not delivered yet. `usage_unit` None: unconfirmed, and the adapter
    refuses to guess. `usage_age`: how far its counts may lag; None: unknown. `usage_batch`: eSIMs
    in one question. `calls_per_minute`: what it takes from us, over all workers. `renewal_start`:
    means nothing where a renewal is a new eSIM. `lists_plans`, `tells_balance`, `lists_charges`:
    whether the methods of that name can be called. `profile_reports`: it
    tells where a profile stands on a device; without, pages say that nothing will be heard.
    `grants_reserves`: a little data may be put on an eSIM there that nobody pays for.
    `moving` NEW_PROFILE: only with `in_own_database` or where repeats are recognized, since a
    request is sent again if its answer was lost; and only with `profile_reports`, since a move ends
    by itself if no installation is reported.
    """

    in_own_database: bool = False
    renewal: Renewal = Renewal.SAME_ESIM
    idempotency: Idempotency = Idempotency.NONE
    cancel: Cancel = Cancel.NONE
    cancels_delivered: bool = True
    end_early: bool = False
    usage_unit: UsageUnit | None = None
    usage_age: timedelta | None = None
    usage_batch: int = 1
    calls_per_minute: int = 60
    renewal_start: RenewalStart = RenewalStart.UNKNOWN
    lists_plans: bool = False
    tells_balance: bool = False
    lists_charges: bool = False
    callback_auth: CallbackAuth = CallbackAuth.NONE
    profile_reports: bool = False
    grants_reserves: bool = False
    moving: Moving = Moving.BY_SUPPORT

    @property
    def takes_back(self) -> bool:
        """Whether it can be asked to cancel what it has delivered."""
        return self.cancel is not Cancel.NONE and self.cancels_delivered

    @property
    def leaves_bundles_to_us(self) -> bool:
        """Whether what is on an eSIM is ours alone to end: the supplier sells only the profile."""
        return self.renewal_start is RenewalStart.AS_CHOSEN

    @property
    def gives_new_profiles(self) -> bool:
        """Whether an eSIM can get another profile."""
        is_safe = self.in_own_database or self.recognizes_repeats
        return self.moving is Moving.NEW_PROFILE and is_safe and self.profile_reports

    @property
    def looks_up_by_number(self) -> bool:
        """Whether an order can be looked up by our number alone."""
        return self.idempotency not in {Idempotency.NONE, Idempotency.SENT_AGAIN}

    @property
    def recognizes_repeats(self) -> bool:
        """Whether an order that is sent again is answered as before."""
        return self.idempotency in {Idempotency.SAME_ORDER, Idempotency.SENT_AGAIN}
