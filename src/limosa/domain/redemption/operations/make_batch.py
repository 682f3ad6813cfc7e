"""Ask for a batch of codes."""

import os
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.code_keys import digester
from limosa.domain.redemption.engine.codes import SEED_BYTES
from limosa.domain.redemption.models import (
    COUNT_MAX,
    LABEL_LENGTH_MAX,
    ChangeKind,
    CodeBatch,
    CodeChange,
    CodeKey,
)
from limosa.domain.redemption.refusals import BatchTermsError
from limosa.foundation.money import Money

_FIRST_SERIAL = 10_000_001
# What a whole batch may be worth, in minor units: sums of many stay far below 64 bits.
_WORTH_MAX = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A batch as it is asked for. `price` None: given away; `is_paid`: the buyer has paid it."""

    label: str
    count: int
    amount: Money
    price: Money | None = None
    is_paid: bool = False
    buyer: str = ""
    expired_is_income: bool = False
    expires_at: datetime | None = None


@transaction.atomic
def make_batch(*, wanted: Wanted, actor: Subscriber | None, now: datetime) -> CodeBatch:
    """Return the new batch. Its codes are made by `continue_change`, by whoever gets to it.

    Locks:  the key of codes, so that serials are given out one after the other.
    Raises: BatchTermsError; nothing changed.
    """
    _check(wanted, now)
    digester()  # Makes the key with the first batch.
    CodeKey.objects.select_for_update().get()
    ends = CodeBatch.objects.aggregate(end=Max(F("first_serial") + F("count")))
    batch = CodeBatch.objects.create(
        label=wanted.label,
        amount_minor=wanted.amount.amount_minor,
        currency=wanted.amount.currency,
        price_minor=wanted.price.amount_minor if wanted.price else 0,
        paid_into=("bank" if wanted.is_paid else "receivable") if wanted.price else "",
        buyer=wanted.buyer,
        expired_is_income=wanted.expired_is_income,
        first_serial=ends["end"] or _FIRST_SERIAL,
        count=wanted.count,
        expires_at=wanted.expires_at,
        seed=os.urandom(SEED_BYTES),
        created_at=now,
    )
    CodeChange.objects.create(
        batch=batch,
        kind=ChangeKind.MAKE,
        first_serial=batch.first_serial,
        last_serial=batch.last_serial,
        next_serial=batch.first_serial,
        asked_by=actor,
        asked_at=now,
    )
    return batch


def _check(wanted: Wanted, now: datetime) -> None:
    is_given = wanted.price is None
    fits = (
        0 < wanted.count <= COUNT_MAX
        and 0 < len(wanted.label) <= LABEL_LENGTH_MAX
        and len(wanted.buyer) <= LABEL_LENGTH_MAX
        and wanted.label.isprintable()
        and wanted.buyer.isprintable()
        and 0 < wanted.amount.amount_minor * wanted.count <= _WORTH_MAX
        and (wanted.expires_at is None or wanted.expires_at > now)
    )
    if wanted.price is not None:
        fits = fits and (
            wanted.price.currency == wanted.amount.currency
            and 0 < wanted.price.amount_minor <= wanted.amount.amount_minor
        )
    if not fits or (is_given and (wanted.is_paid or wanted.buyer or wanted.expired_is_income)):
        raise BatchTermsError
