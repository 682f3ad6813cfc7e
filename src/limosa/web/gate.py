"""Refuses unreadable requests before anything else looks at them.

A request is bytes that somebody chose. Behind this gate the method is a known one, the host is
ours, and path, query and form are UTF-8 without NUL, so the code there only has to check whether a
value makes sense. A refusal is one line in the log, without the request's content.
"""

import logging
import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import translation

from limosa.web.content_type import UNKNOWN_TYPE

PATH_LENGTH_MAX = 1_000  # Ours: no page's path is longer than 200.
QUERY_BYTES_MAX = 8_192
COOKIE_BYTES_MAX = 16_384
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_URLENCODED = "application/x-www-form-urlencoded"
_LONE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_FORMS = {_URLENCODED, "multipart/form-data"}

logger = logging.getLogger(__name__)


class UnreadableError(Exception):
    """A request that can't be parsed; the text says why, for the log."""


class RequestGate:
    """Lets readable requests through; answers others with 400 or 405 and an error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Check, then answer."""
        if request.method not in METHODS:
            return HttpResponse(status=405, headers={"Allow": ", ".join(METHODS)})
        try:
            request.get_host()
        except DisallowedHost:
            logger.warning(
                "refused: the host %.100a is not in LIMOSA_ALLOWED_HOSTS", _host(request)
            )
            return HttpResponse(
                "This service does not answer at this address.\n",
                status=400,
                content_type="text/plain; charset=utf-8",
            )
        try:
            check_readable(request)
        except UnreadableError as fault:
            logger.warning("refused: %s", fault)
            return _page(request)
        return self.get_response(request)


def check_readable(request: HttpRequest) -> None:
    """Parse the path, the query and the form. Raises UnreadableError.

    The whole form is read into memory (DATA_UPLOAD_MAX_MEMORY_SIZE), so that a page may read it
    again in another way.
    """
    if len(request.path_info) > PATH_LENGTH_MAX or len(_query(request)) > QUERY_BYTES_MAX:
        raise UnreadableError("too long an address")
    if len(request.META.get("HTTP_COOKIE", "")) > COOKIE_BYTES_MAX:
        raise UnreadableError("too many cookies")
    if any(ord(letter) < 32 or letter == "\x7f" for letter in request.path_info):
        raise UnreadableError("control characters in the path")
    if UNKNOWN_TYPE in request.META:
        raise UnreadableError("a content type that is unknown, or not in UTF-8")
    _check_text(unquote_to_bytes(_query(request)), "query")
    try:
        _check_fields(request.GET, "query")
        if request.content_type in _FORMS:
            body = request.body
            _check_text(_unquoted(body) if request.content_type == _URLENCODED else body, "form")
            _check_fields(request.POST, "form")
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError) as error:
        raise UnreadableError(f"{type(error).__name__} in query or form") from error


def _unquoted(form: bytes) -> bytes:
    # Browsers write a literal % as %25; decoding 256 kB of stray ones would take half a second.
    if _LONE_PERCENT.search(form):
        raise UnreadableError("a form that is not encoded as forms are")
    return unquote_to_bytes(form)


def _query(request: HttpRequest) -> bytes:
    # WSGI passes bytes as text, one character per byte.
    return str(request.META.get("QUERY_STRING", "")).encode("latin-1")


def _host(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_HOST", ""))


def _check_text(text: bytes, where: str) -> None:
    try:
        text.decode()
    except UnicodeDecodeError:
        raise UnreadableError(f"not UTF-8 in the {where}") from None


def _check_fields(fields: QueryDict, where: str) -> None:
    if any(
        "\0" in name or any("\0" in str(value) for value in values)
        for name, values in fields.lists()
    ):
        raise UnreadableError(f"NUL in the {where}")


def _page(request: HttpRequest) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        return render(request, "400.html", status=400)
