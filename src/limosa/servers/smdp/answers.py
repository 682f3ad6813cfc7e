"""Answers in JSON, and refusals that HTTP has to tell as well.

Source: SGP.22 section 6.5.1.
"""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from limosa.protocols.sgp22.es9plus import refusal_body
from limosa.protocols.sgp22.status import RspStatus
from limosa.servers.endpoints.endpoint import CLOSE, Refusal

_JSON = "application/json;charset=UTF-8"
_PROTOCOL = {"x-admin-protocol": "gsma/rsp/v2.2.0"}
_ABOUT_THE_REQUEST = range(400, 429)


def in_json(body: bytes, *, status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(body, status, headers=_PROTOCOL, media_type=_JSON)


def nothing_to_say() -> Response:
    """Return the answer that has no content."""
    return Response(status_code=204, headers=_PROTOCOL)


def say_in_json(refusal: Refusal) -> Response:
    """Return a refusal by HTTP with the status of SGP.22 that fits it."""
    of_request = refusal.status in _ABOUT_THE_REQUEST
    status = RspStatus.MALFORMED if of_request else RspStatus.TEMPORARILY_UNAVAILABLE
    answer = in_json(refusal_body(status), status=refusal.status)
    answer.headers.update(refusal.headers)
    return answer


async def no_function(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at an address that is no function's."""
    answer = in_json(refusal_body(RspStatus.MALFORMED), status=404)
    answer.headers.update(CLOSE)  # The unread body must not precede the next request.
    await answer(scope, receive, send)
