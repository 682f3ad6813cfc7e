"""A card proves itself and is offered its profile: ES9+ AuthenticateClient."""

from collections.abc import Callable
from datetime import datetime

from limosa.domain.rows import update_row_if
from limosa.domain.rsp.engine.download_facts import STATUSES, check_fits
from limosa.domain.rsp.engine.redownload import Download, DownloadBarred
from limosa.domain.rsp.engine.session_life import (
    SESSION_LIFE,
    SessionEvent,
    SessionState,
    ends_at,
)
from limosa.domain.rsp.loading import Found, find_order, judge, load_order, load_session
from limosa.domain.rsp.metadata import encoded_metadata, policy_rules
from limosa.domain.rsp.models import DownloadSession
from limosa.domain.rsp.models.orders import WRONG_CODES_OVER
from limosa.domain.rsp.models.stock import ProfileClass
from limosa.protocols.sgp22 import authentication, download, es9plus
from limosa.protocols.sgp22.authentication import Client, SessionOpened
from limosa.protocols.sgp22.bound_profile import Binding
from limosa.protocols.sgp22.download import DownloadOffered, Terms
from limosa.protocols.sgp22.es9plus import AuthenticateClientRequest
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus


def _admit_any(_eid: str) -> None:
    """Admit every eUICC."""


def authenticate_client(
    *, smdp: Smdp, body: bytes, now: datetime, admit: Callable[[str], None] = _admit_any
) -> bytes:
    """Offer a card the profile that its matching id, or its EID, stands for; return the answer.

    The order is not bound yet, and not locked: a person may still say no. The same request again is
    answered with the same bytes. Three statements; none waits for the disk, since a phone whose
    session is lost in a crash begins again. `admit`: called with the EID of a card whose proof was
    verified; raises RspRefusal if it asks too often.
    Raises: RspRefusal; nothing changed.
    Source: SGP.22 section 5.6.3.
    """
    request = es9plus.read_authenticate_client(body)
    session = load_session(request.transaction_id, now=now)
    if session.state == SessionState.OPENED:
        answer = _offer(smdp=smdp, request=request, session=session, admit=admit, now=now)
        if answer is not None:
            return answer
        # The same request came twice at once: the other one has been answered meanwhile.
        session = load_session(request.transaction_id, now=now)
    return _offer_again(smdp=smdp, request=request, session=session)


def _offer(
    *,
    smdp: Smdp,
    request: AuthenticateClientRequest,
    session: DownloadSession,
    admit: Callable[[str], None],
    now: datetime,
) -> bytes | None:
    """Return the answer; None: another request of the session was answered first."""
    opened = SessionOpened.from_bytes(session.opened)
    client = authentication.verify_client(smdp=smdp, request=request, opened=opened, now=now)
    admit(client.eid)
    found = find_order(matching_id=client.matching_id, eid=client.eid)
    if found is None:
        raise RspRefusal(RspStatus.MATCHING_ID_REFUSED)
    terms = _terms(found, client, smdp=smdp, ci_key_id=opened.ci_key_id, now=now)
    response, offered = download.offer(smdp=smdp, opened=opened, client=client, terms=terms)
    before = session.state
    session.state = SESSION_LIFE.after(before, SessionEvent.OFFER).value
    session.eid, session.order_id = client.eid, found.order.pk
    session.offered = offered.to_bytes()
    session.ends_at = ends_at(SessionState.OFFERED, now=now)
    names = ("state", "eid", "order", "offered", "ends_at")
    is_first = update_row_if(session, *names, held="state", value=before, awaits_disk=False)
    return response.body() if is_first else None


def _terms(found: Found, client: Client, *, smdp: Smdp, ci_key_id: bytes, now: datetime) -> Terms:
    """Return what is offered. Raises RspRefusal if the order or the card forbids it."""
    order, profile = found.order, found.order.profile
    if order.wrong_codes >= WRONG_CODES_OVER:
        raise RspRefusal(RspStatus.DOWNLOADS_EXCEEDED)
    try:
        kind = judge(order, eid=client.eid, now=now)
    except DownloadBarred as barred:
        raise RspRefusal(STATUSES[barred.bar]) from barred
    check_fits(
        client.info,
        package_bytes=profile.package_bytes,
        is_test=profile.profile_type.profile_class == ProfileClass.TEST,
        rules=frozenset(policy_rules(profile.profile_type)),
    )
    earlier = Binding.from_bytes(order.binding) if order.binding else None
    is_same = (
        earlier is not None
        and kind is Download.REPEAT
        and earlier.curve == smdp.pair_of(ci_key_id).curve
    )
    return Terms(
        metadata=encoded_metadata(profile, address=smdp.address),
        is_code_required=found.has_code,
        bound_euicc_otpk=earlier.euicc_otpk if earlier and is_same else b"",
    )


def _offer_again(
    *, smdp: Smdp, request: AuthenticateClientRequest, session: DownloadSession
) -> bytes:
    """Return the answer that the same request had. Raises RspRefusal for another one."""
    if session.order_id is None or session.offered is None:
        raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN)
    profile = load_order(session.order_id).order.profile
    return download.offer_again(
        smdp=smdp,
        request=request,
        offered=DownloadOffered.from_bytes(session.offered),
        metadata=encoded_metadata(profile, address=smdp.address),
    ).body()
