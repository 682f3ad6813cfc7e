"""The heads of requests and answers: what h11 takes and we refuse, and what every answer says.

Source: RFC 9112.
"""

import re
from http import HTTPStatus

import h11
from django.utils.http import http_date

HEAD_BYTES_MAX = 16 * 1024
# A whole address, without a user: what names the host, then the path and the query.
_ABSOLUTE = re.compile(rb"https?://([^/?#@]+)(/[^?#]*)?(\?[^#]*)?", re.IGNORECASE)
_REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}


def response(status: int, headers: list[tuple[bytes, bytes]]) -> h11.Response:
    """Return the head of an answer, with its date."""
    date = (b"date", http_date().encode())
    reason = _REASONS.get(status, b"")
    return h11.Response(status_code=status, reason=reason, headers=[*headers, date])


def check_lines(lines: bytes) -> None:
    """Refuse a head, or what follows the last chunk, that is too long or that others may divide
    into other lines. Raises h11.RemoteProtocolError."""
    if len(lines) > HEAD_BYTES_MAX:
        raise h11.RemoteProtocolError("too long", error_status_hint=431)
    is_folded = b"\n " in lines or b"\n\t" in lines
    if is_folded or lines.count(b"\n") != lines.count(b"\r\n"):
        raise h11.RemoteProtocolError("lines that are folded, or end without CR")


def in_origin_form(request: h11.Request) -> h11.Request:
    """Return a request for a whole address as one for its path, at the host that the address names,
    whatever the header says; any other request as it is.

    Source: RFC 9112 section 3.2.2.
    """
    found = _ABSOLUTE.fullmatch(request.target)
    if found is None:
        return request
    others = [(name, value) for name, value in request.headers if name != b"host"]
    return h11.Request(
        method=request.method,
        target=(found[2] or b"/") + (found[3] or b""),
        headers=[(b"host", found[1]), *others],
        http_version=request.http_version,
    )


def check_request(request: h11.Request) -> None:
    """Refuse a head whose body others may end elsewhere, or that asks for anything but a path.

    Raises h11.RemoteProtocolError."""
    names = {name for name, _ in request.headers}
    is_chunked = b"transfer-encoding" in names
    if is_chunked and (b"content-length" in names or request.http_version == b"1.0"):
        raise h11.RemoteProtocolError("a body of two lengths")
    if not request.target.startswith(b"/"):
        raise h11.RemoteProtocolError("not a path")
    if request.http_version not in {b"1.0", b"1.1"}:
        raise h11.RemoteProtocolError("another version", error_status_hint=505)
