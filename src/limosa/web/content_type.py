"""Checks the Content-Type of a request before Django does.

While creating the request Django decodes the query with whatever codec the Content-Type names,
where no middleware can catch the error (`charset=base64` is a codec but not a charset). An unusual
type is therefore replaced here, which makes the gate (web/gate.py) refuse the request.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

UNKNOWN_TYPE = "limosa.unknown_content_type"
_CHARSETS = {"utf-8", "utf8", "us-ascii"}
_VALUE = r"""(?:[\w!#$%&'+.^`|~-]{1,70}|"[\w!#$%&'()+,./:=?@ -]{0,70}")"""
_PLAIN = re.compile(rf"(?:[\w.+-]{{1,70}}/[\w.+-]{{1,70}}(?:\s*;\s*[\w-]+={_VALUE})*;?)?", re.ASCII)
_CHARSET = re.compile(rf"\bcharset=({_VALUE})", re.ASCII | re.IGNORECASE)

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


def with_plain_type(application: Application) -> Application:
    """Return the WSGI application wrapped in this check."""

    def checked(environ: Environ, start_response: Any) -> Iterable[bytes]:
        return application(plain_type(environ), start_response)

    return checked


def plain_type(environ: Environ) -> Environ:
    """Return the request, with UNKNOWN_TYPE in place of a type that is not UTF-8."""
    told = str(environ.get("CONTENT_TYPE", "")).strip()
    if len(told) < 500 and _PLAIN.fullmatch(told):
        charsets = {found.strip('"').lower() for found in _CHARSET.findall(told)}
        if charsets <= _CHARSETS:
            return environ
    return environ | {"CONTENT_TYPE": "", UNKNOWN_TYPE: True}
