"""ES2+ over HTTP: each function of an operator handed to its operation, in a thread.

Whatever the fault, the answer is JSON with the status of SGP.22 in its header; a function that is
refused is answered 200. Who calls is the holder of the client certificate, by its issuer and its
subject, together with the function requester identifier: neither alone leads to another
operator's orders.

Source: SGP.22 section 6.5 (HTTP, JSON).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

from starlette.routing import Route
from starlette.types import ASGIApp

from limosa.domain.rsp.engine.order_calls import Caller, Confirmation
from limosa.domain.rsp.engine.requesters import (
    IDENTIFIER_LENGTH_MAX,
    NOBODY,
    Holder,
    holder_of,
    requester_of,
    types_allowed,
)
from limosa.domain.rsp.models import DownloadOrder
from limosa.domain.rsp.operations.cancel_download_order import cancel_download_order
from limosa.domain.rsp.operations.confirm_download_order import confirm_download_order
from limosa.domain.rsp.operations.order_profile import order_profile
from limosa.domain.rsp.operations.release_profile import release_profile
from limosa.protocols.sgp22 import es2plus
from limosa.protocols.sgp22.client_certificates import (
    ClientCertificateUnreadableError,
    common_names_in,
    names_in,
    read_escaped_pem,
)
from limosa.protocols.sgp22.es2plus import Header, OrderAnswer
from limosa.protocols.sgp22.es9plus import refusal_body
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.servers.endpoints.endpoint import Incoming, Refusal, RequestRefusedError
from limosa.servers.endpoints.threads import ThreadsInTurn
from limosa.servers.limits import Limits
from limosa.servers.smdp.answers import in_json
from limosa.servers.smdp.function import Function

_JSON = "application/json"
_NO_LIMITS: Mapping[str, frozenset[str]] = MappingProxyType({})
_WRONG_TYPE = Refusal(status=415, code="wrong_type", text=f"Only {_JSON}.")


class Es2Plus:
    """The functions for operators of one process.

    address: of the SM-DP+, as orders are answered. threads: they may use the database.
    certificate_header: where TLS ends at a proxy, by which that tells the certificate; empty:
    it tells none. types: the profile types that operators may order, as types_allowed has them.
    """

    def __init__(
        self,
        *,
        address: str,
        threads: ThreadsInTurn,
        certificate_header: str = "",
        types: Mapping[str, frozenset[str]] = _NO_LIMITS,
    ) -> None:
        self._threads = threads
        self._certificate_header = certificate_header.lower()
        self._functions: Mapping[str, Callable[..., OrderAnswer]] = {
            "downloadOrder": partial(_order, limits=types),
            "confirmOrder": partial(_confirm, address=address),
            "cancelOrder": _cancel,
            "releaseProfile": _release,
        }

    def routes(self, limits: Limits) -> list[Route]:
        """Return a route for each function."""
        return [
            Route(
                f"{es2plus.PATH}{name}",
                Function(partial(self._answer, function=function), limits=limits),
            )
            for name, function in self._functions.items()
        ]

    async def _answer(self, incoming: Incoming, *, function: Callable[..., OrderAnswer]) -> ASGIApp:
        given_type = incoming.headers.get("content-type", _JSON)
        if given_type.partition(";")[0].strip().lower() != _JSON:
            raise RequestRefusedError(_WRONG_TYPE)
        try:
            holder = self._holder(incoming)
            answer = await self._threads.run(
                partial(function, incoming.body, holder=holder, now=_now()),
                whom=incoming.whom,
                receive=incoming.receive,
            )
            body = answer.body()
        except RspRefusal as refusal:
            body = refusal_body(refusal.status)
        return in_json(body)

    def _holder(self, incoming: Incoming) -> Holder:
        """Return who holds the client certificate. Raises RspRefusal.

        What a header says counts only where the connection itself has no certificate.
        """
        if not incoming.certified and not self._certificate_header:
            return NOBODY
        try:
            told = incoming.headers.get(self._certificate_header, "")
            certificate = incoming.certified or read_escaped_pem(told)
            return Holder(holder_of(names_in(certificate)), common_names_in(certificate))
        except ClientCertificateUnreadableError as error:
            raise RspRefusal(RspStatus.REQUESTER_REFUSED, str(error)) from error


def _order(
    body: bytes, *, holder: Holder, now: datetime, limits: Mapping[str, frozenset[str]]
) -> OrderAnswer:
    asked = es2plus.DownloadOrder.read(body)
    types = types_allowed(limits, names=holder.names_by(asked.header.requester))
    order = order_profile(
        caller=replace(_caller(asked.header, holder), types=types),
        iccid=asked.iccid or "",
        profile_type=asked.profile_type or "",
        eid=asked.eid or "",
        now=now,
    )
    return OrderAnswer(iccid=asked.iccid_sent or order.profile.iccid)


def _confirm(body: bytes, *, holder: Holder, now: datetime, address: str) -> OrderAnswer:
    asked = es2plus.ConfirmOrder.read(body)
    order: DownloadOrder = confirm_download_order(
        caller=_caller(asked.header, holder),
        iccid=asked.iccid,
        confirmation=Confirmation(
            matching_id=asked.matching_id,
            eid=asked.eid or "",
            code=asked.confirmation_code or "",
            smds_address=asked.smds_address or "",
            is_released=asked.is_released,
        ),
        now=now,
    )
    return OrderAnswer(
        eid=order.eid or None, matching_id=order.matching_id or "", smdp_address=address
    )


def _cancel(body: bytes, *, holder: Holder, now: datetime) -> OrderAnswer:
    asked = es2plus.CancelOrder.read(body)
    cancel_download_order(
        caller=_caller(asked.header, holder),
        iccid=asked.iccid,
        eid=asked.eid or "",
        matching_id=asked.matching_id or "",
        is_profile_kept=asked.final_status is es2plus.FinalStatus.AVAILABLE,
        now=now,
    )
    return OrderAnswer()


def _release(body: bytes, *, holder: Holder, now: datetime) -> OrderAnswer:
    asked = es2plus.ReleaseProfile.read(body)
    release_profile(caller=_caller(asked.header, holder), iccid=asked.iccid, now=now)
    return OrderAnswer()


def _caller(header: Header, holder: Holder) -> Caller:
    if len(header.requester) > IDENTIFIER_LENGTH_MAX:
        raise RspRefusal(RspStatus.MALFORMED, "a long function requester identifier")
    return Caller(requester=requester_of(header.requester, holder=holder.key), call_id=header.call)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the edge: here time is read, and passed on.
