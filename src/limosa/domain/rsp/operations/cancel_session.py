"""A phone gives up: ES9+ CancelSession."""

from datetime import datetime

from limosa.domain.rows import update_row
from limosa.domain.rsp.engine.session_life import SESSION_LIFE, SessionEvent, SessionState
from limosa.domain.rsp.loading import load_session
from limosa.protocols.sgp22 import cancel, es9plus
from limosa.protocols.sgp22.cancel import CancelReason
from limosa.protocols.sgp22.download import DownloadOffered
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus


def cancel_session(*, smdp: Smdp, body: bytes, now: datetime) -> CancelReason:
    """End a session, over what its card signed; return why. The answer's body is `es9plus.DONE`.

    The order stays as it is, whatever the reason: phones cancel after any fault of their own. A
    session that was bound stays known until its time is over, because its card may still report how
    the installation ended; any other is deleted.
    Raises: RspRefusal; nothing changed.
    Source: SGP.22 section 5.6.5.
    """
    request = es9plus.read_cancel_session(body)
    session = load_session(request.transaction_id, now=now)
    if session.offered is None:
        raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN)
    offered = DownloadOffered.from_bytes(session.offered)
    reason = cancel.verify(smdp=smdp, request=request, offered=offered)
    if session.state == SessionState.BOUND:
        session.state = SESSION_LIFE.after(session.state, SessionEvent.CANCEL).value
        update_row(session, "state")
    else:
        session.delete()
    return reason
