"""Compare the confirmation code that a person typed, and count what is wrong."""

from datetime import datetime

from django.db import connection, transaction

from limosa.domain.encryption.cipher import decrypt_bytes
from limosa.domain.rows import write_together
from limosa.domain.rsp.loading import lock_download_order
from limosa.domain.rsp.models import ProgressPoint
from limosa.domain.rsp.models.orders import WRONG_CODES_MAX, WRONG_CODES_OVER
from limosa.domain.rsp.reports import requester_told
from limosa.protocols.sgp22 import download
from limosa.protocols.sgp22.download import DownloadOffered, Prepared
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

_PLACE = "rsp_downloadorder.code_digest"
LOCK_CODE = "SELECT code_digest, wrong_codes FROM rsp_downloadorder WHERE id = %s FOR UPDATE"
_COUNT = "UPDATE rsp_downloadorder SET wrong_codes = %s WHERE id = %s"


def check_confirmation_code(
    *, order_id: int, prepared: Prepared, offered: DownloadOffered, now: datetime
) -> None:
    """Compare a card's hash of the code with the order's code, in constant time.

    A wrong code is counted, and committed; after ten in a row the order is locked, also for the
    right one, and whoever ordered is told at the tenth. The first device that asks after that is
    told so (CODE_TRIES_EXCEEDED), and later ones get no further than AuthenticateClient. The right
    code sets the count to zero. A missing code is not counted.
    Locks: the order, in a transaction of its own.
    Raises: RspRefusal: CODE_MISSING, CODE_REFUSED, CODE_TRIES_EXCEEDED.
    Source: SGP.22 sections 5.6.2 and 5.3.5 (notification point 2).
    """
    refusal = _judged(order_id, prepared, offered, now)
    if refusal is not None:
        raise refusal


@transaction.atomic
def _judged(
    order_id: int, prepared: Prepared, offered: DownloadOffered, now: datetime
) -> RspRefusal | None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CODE, [order_id])
        code_digest, wrong_codes = cursor.fetchone()
        if wrong_codes >= WRONG_CODES_MAX:
            cursor.execute(_COUNT, [WRONG_CODES_OVER, order_id])
            return RspRefusal(RspStatus.CODE_TRIES_EXCEEDED)
        try:
            download.check_code(
                prepared=prepared,
                code_digest=decrypt_bytes(code_digest, place=_PLACE),
                transaction_id=offered.transaction_id,
            )
        except RspRefusal as refusal:
            if refusal.status is RspStatus.CODE_REFUSED:
                cursor.execute(_COUNT, [wrong_codes + 1, order_id])
                if wrong_codes + 1 == WRONG_CODES_MAX:
                    _tell(order_id, eid=offered.eid, now=now)
            return refusal
        if wrong_codes:
            cursor.execute(_COUNT, [0, order_id])
    return None


def _tell(order_id: int, *, eid: str, now: datetime) -> None:
    failure = RspStatus.CODE_TRIES_EXCEEDED.name
    order = lock_download_order(order_id)
    write_together(
        *requester_told(order, ProgressPoint.CONFIRMATION, eid=eid, failure=failure, now=now)
    )
