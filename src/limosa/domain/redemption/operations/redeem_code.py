"""Credit a code to a wallet."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant
from limosa.domain.accounts.operations.count_attempt import count_attempt
from limosa.domain.accounts.operations.take_back_attempt import take_back_attempt
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.redemption.code_keys import digester
from limosa.domain.redemption.engine.bookings import redeemed
from limosa.domain.redemption.engine.code_life import CodeState
from limosa.domain.redemption.engine.codes import read_code
from limosa.domain.redemption.models import Code, CodeBatch, GuessHour
from limosa.domain.redemption.refusals import (
    CodeExpiredError,
    CodeNotActiveError,
    CodeUnknownError,
    CodeUsedByYouError,
    CodeUsedError,
    CodeVoidError,
)
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money

# The one statement that decides who gets a code: whoever comes second finds it redeemed.
_REDEEM = """
UPDATE redemption_code AS code
   SET state = 'redeemed', redeemed_by_id = %(person)s, redeemed_at = %(now)s
 WHERE digest = %(digest)s AND state = 'active'
   AND (SELECT expires_at IS NULL OR expires_at > %(now)s
          FROM redemption_codebatch AS batch WHERE batch.id = code.batch_id)
RETURNING serial, batch_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """What a code brought."""

    serial: int
    amount: Money


def redeem_code(*, subscriber_id: int, typed: str, address: str, now: datetime) -> Redeemed:
    """Redeem the code that somebody typed.

    Every code that could be one counts as an attempt before it is looked up, by account and by
    network address; one that exists is taken off again. What can't be a code counts elsewhere.
    No transaction may be open. `address`: the person's network address.
    Locks:  the code's row, then the wallet's account.
    Raises: CodeSymbolError, CodeLengthError, CodeCheckError, TriedTooOftenError, CodeUnknownError,
            CodeNotActiveError, CodeUsedByYouError, CodeUsedError, CodeVoidError, CodeExpiredError;
            nothing changed.
    """
    claimant = Claimant(account=str(subscriber_id), address=address)
    count_attempt(kind=AttemptKind.CODE_TYPED, claimant=claimant, now=now)
    code = read_code(typed)
    count_attempt(kind=AttemptKind.CODE, claimant=claimant, now=now)
    digest = digester()(code)
    found = _redeem(digest, subscriber_id, now)
    if isinstance(found, CodeUnknownError):
        _count_guess(now)
        raise found
    for kind in (AttemptKind.CODE, AttemptKind.CODE_TYPED):
        take_back_attempt(kind=kind, claimant=claimant, now=now)
    if isinstance(found, DomainRefusal):
        raise found
    return found


@transaction.atomic(durable=True)
def _redeem(digest: bytes, subscriber_id: int, now: datetime) -> Redeemed | DomainRefusal:
    with connection.cursor() as cursor:
        cursor.execute(_REDEEM, {"person": subscriber_id, "digest": digest, "now": now})
        row = cursor.fetchone()
    if row is None:
        return _why_not(digest, subscriber_id, now)
    serial, batch_id = row
    batch = CodeBatch.objects.defer("seed").get(pk=batch_id)
    post_entry(
        key=f"code:{serial}",
        kind="code_redeemed",
        legs=redeemed(batch.terms, subscriber_id=subscriber_id),
        now=now,
    )
    return Redeemed(serial=serial, amount=batch.amount)


def _why_not(digest: bytes, subscriber_id: int, now: datetime) -> DomainRefusal:
    code = Code.objects.select_related("batch").defer("batch__seed").filter(digest=digest).first()
    if code is None:
        return CodeUnknownError()
    if code.redeemed_at is not None:
        is_own = code.redeemed_by_id == subscriber_id
        return CodeUsedByYouError(code.redeemed_at) if is_own else CodeUsedError()
    if code.state == CodeState.VOID:
        return CodeVoidError()
    is_over = code.batch.expires_at is not None and code.batch.expires_at <= now
    return CodeExpiredError() if is_over else CodeNotActiveError()


def _count_guess(now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    GuessHour.objects.get_or_create(hour=hour)
    GuessHour.objects.filter(hour=hour).update(guesses=F("guesses") + 1)
