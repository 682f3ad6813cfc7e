"""Prevents text written by people from distorting a staff page.

Bidirectional marks, and characters that hide what follows, can make one text look like another.
They are replaced with a visible sign.
"""

import re

from django.http import HttpResponse, HttpResponseBase

# C0 and C1 except tab and line ends; bidirectional marks, embeddings, overrides and isolates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_SHOWN = "\ufffd"


def with_unseen_shown(response: HttpResponseBase) -> HttpResponseBase:
    """Return the page with a visible sign in place of such characters."""
    kind = response.headers.get("Content-Type", "")
    if isinstance(response, HttpResponse) and kind.startswith("text/html"):
        page = response.content.decode(response.charset)
        response.content = _UNSEEN.sub(_SHOWN, page).encode(response.charset)
    return response
