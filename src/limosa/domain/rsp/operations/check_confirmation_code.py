"""Compare the confirmation code that a person typed, and count what is wrong."""

from django.db import connection, transaction

from limosa.domain.encryption.cipher import decrypt_bytes
from limosa.domain.rsp.models.orders import WRONG_CODES_MAX
from limosa.protocols.sgp22 import download
from limosa.protocols.sgp22.download import Prepared
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

_PLACE = "rsp_downloadorder.code_digest"
LOCK_CODE = "SELECT code_digest, wrong_codes FROM rsp_downloadorder WHERE id = %s FOR UPDATE"
_COUNT = "UPDATE rsp_downloadorder SET wrong_codes = %s WHERE id = %s"


def check_confirmation_code(*, order_id: int, prepared: Prepared, transaction_id: bytes) -> None:
    """Compare a card's hash of the code with the order's code, in constant time.

    A wrong code is counted, and committed; after ten in a row the order is locked, also for the
    right one. The right one sets the count to zero. A missing code is not counted.
    Locks: the order, in a transaction of its own.
    Raises: RspRefusal: CODE_MISSING, CODE_REFUSED, CODE_TRIES_EXCEEDED.
    """
    refusal = _judged(order_id, prepared, transaction_id)
    if refusal is not None:
        raise refusal


@transaction.atomic
def _judged(order_id: int, prepared: Prepared, transaction_id: bytes) -> RspRefusal | None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CODE, [order_id])
        code_digest, wrong_codes = cursor.fetchone()
        if wrong_codes >= WRONG_CODES_MAX:
            return RspRefusal(RspStatus.CODE_TRIES_EXCEEDED)
        try:
            download.check_code(
                prepared=prepared,
                code_digest=decrypt_bytes(code_digest, place=_PLACE),
                transaction_id=transaction_id,
            )
        except RspRefusal as refusal:
            if refusal.status is RspStatus.CODE_REFUSED:
                cursor.execute(_COUNT, [wrong_codes + 1, order_id])
            return refusal
        if wrong_codes:
            cursor.execute(_COUNT, [0, order_id])
    return None
