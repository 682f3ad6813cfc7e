"""Find the promotion code that somebody typed."""

from datetime import datetime

from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant
from limosa.domain.accounts.operations.count_attempt import count_attempt
from limosa.domain.accounts.operations.take_back_attempt import take_back_attempt
from limosa.domain.promotions.codes import check_code
from limosa.domain.promotions.engine.code_text import read_code_text
from limosa.domain.promotions.models import PromotionCode
from limosa.domain.promotions.refusals import UnknownPromotionCodeError


def enter_promotion_code(
    *, subscriber_id: int, typed: str, address: str, has_ordered: bool, now: datetime
) -> PromotionCode:
    """Return the code, with its promotion; nothing of it is taken yet.

    Every text counts as an attempt before it is looked up, by account and by network address; one
    that exists is taken off again. No transaction may be open. `address`: the person's network
    address. `has_ordered`: the person has paid for an order.
    Raises: TriedTooOftenError, UnknownPromotionCodeError, and as codes.check_code; nothing changed.
    """
    claimant = Claimant(account=str(subscriber_id), address=address)
    count_attempt(kind=AttemptKind.PROMOTION_CODE, claimant=claimant, now=now)
    text = read_code_text(typed)
    found = PromotionCode.objects.select_related("promotion").filter(text=text).first()
    if found is None:
        raise UnknownPromotionCodeError
    take_back_attempt(kind=AttemptKind.PROMOTION_CODE, claimant=claimant, now=now)
    check_code(found, subscriber_id=subscriber_id, has_ordered=has_ordered, now=now)
    return found
