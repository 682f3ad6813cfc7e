"""What a supplier's interface can do, as its adapter declares it. The rules read nothing else of a
supplier: no rule asks for its name."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum


class Renewal(StrEnum):
    """What a renewal is there: another bundle on the same eSIM, or a new eSIM."""

    SAME_ESIM = "same_esim"
    NEW_ESIM = "new_esim"


class Idempotency(StrEnum):
    """What becomes of an order whose answer was lost.

    SAME_ORDER: the same number again is the same order, so it is sent again.
    DUPLICATE_REFUSED: the same number again is refused; it is looked up.
    LOOKED_UP: it can be looked up by our number, and a second one might be accepted as well.
    NONE: neither. It is never sent again by itself, and people find out.
    """

    SAME_ORDER = "same_order"
    DUPLICATE_REFUSED = "duplicate_refused"
    LOOKED_UP = "looked_up"
    NONE = "none"


class Cancel(StrEnum):
    """Whether an order that was not used can be cancelled there, and who decides."""

    AT_ONCE = "at_once"
    REVIEWED = "reviewed"
    NONE = "none"


class UsageUnit(IntEnum):
    """The unit that it counts usage in, in bytes."""

    BYTE = 1
    KB = 1000
    KIB = 1024
    MB = 1000**2
    MIB = 1024**2


class CallbackAuth(StrEnum):
    """How a callback is known to be the supplier's.

    SIGNED: by a signature, so what it says is believed. UNSIGNED: not at all, so it only has us
    ask. NONE: it sends none.
    """

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What the fulfilment, the refunds and the pages may count on.

    `in_own_database`: `order` answers from our own database and calls nobody, so an order is
    delivered in the commit that takes its money. `usage_unit` None: nobody has confirmed it, and
    the adapter refuses to guess. `usage_age`: how far its counts may lag; None: not known.
    """

    in_own_database: bool = False
    renewal: Renewal = Renewal.SAME_ESIM
    idempotency: Idempotency = Idempotency.NONE
    cancel: Cancel = Cancel.NONE
    end_early: bool = False
    usage_unit: UsageUnit | None = None
    usage_age: timedelta | None = None
    callback_auth: CallbackAuth = CallbackAuth.NONE

    @property
    def looks_up_by_number(self) -> bool:
        """Whether an order can be found by our number alone."""
        return self.idempotency is not Idempotency.NONE
