"""What people wrote can't rearrange a page of the staff.

Marks that turn the direction of writing, or hide what stands behind them, make one text look like
another. They are shown as what they are: something that can't be read.
"""

import re

from django.http import HttpResponse, HttpResponseBase

# C0 and C1 but tab and line ends; the marks, embeddings, overrides and isolates of directions.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_SHOWN = "\ufffd"


def with_unseen_shown(response: HttpResponseBase) -> HttpResponseBase:
    """Return the page with a visible sign in place of such marks."""
    kind = response.headers.get("Content-Type", "")
    if isinstance(response, HttpResponse) and kind.startswith("text/html"):
        page = response.content.decode(response.charset)
        response.content = _UNSEEN.sub(_SHOWN, page).encode(response.charset)
    return response
