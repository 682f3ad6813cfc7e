"""Reads the header `Retry-After`. Source: RFC 9110 section 10.2.3. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MOST = timedelta(days=1)  # Ours: whoever says more means it no more exactly.
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)
_NOTHING = timedelta(0)


def wait_told(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Return how long a partner wants to be left alone, MOST at the longest; None: it does not say.

    `headers`: by names in any case, as a reply of requests has them. A date is compared with the
    reply's own, since the partner's clock may differ from ours.
    """
    said = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(said):
        return min(timedelta(seconds=int(said)), MOST)
    moment = _date(said)
    if moment is None:
        return None
    return min(max(moment - (_date(headers.get("Date", "")) or now), _NOTHING), MOST)


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
