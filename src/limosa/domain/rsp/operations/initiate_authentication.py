"""A phone begins: ES9+ InitiateAuthentication."""

from datetime import datetime

from limosa.domain.rows import insert_row
from limosa.domain.rsp.engine.session_life import SessionState, ends_at
from limosa.domain.rsp.models import DownloadSession
from limosa.protocols.sgp22 import authentication, es9plus
from limosa.protocols.sgp22.identity import Smdp


def initiate_authentication(*, smdp: Smdp, body: bytes, now: datetime) -> bytes:
    """Open a session for a phone; return the answer's body. One statement, which does not wait for
    the disk: a phone whose session is lost in a crash begins again.

    Raises: RspRefusal; nothing stored.
    Source: SGP.22 section 5.6.1.
    """
    request = es9plus.read_initiate_authentication(body)
    response, opened = authentication.initiate(smdp=smdp, request=request)
    insert_row(
        DownloadSession(
            transaction_id=opened.transaction_id.hex(),
            opened=opened.to_bytes(),
            ends_at=ends_at(SessionState.OPENED, now=now),
        ),
        awaits_disk=False,
    )
    return response.body()
