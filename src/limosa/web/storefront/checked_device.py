"""The device that a visitor checked: its answer is kept in their session for the visit.

What they typed is not: an EID or an IMEI would tell one device from all others.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from limosa.domain.devices.engine.answers import Answer, Look, Reason, Trap, Verdict

_KEY = "checked_device"
_VISIT = timedelta(days=1)
_HINT_LENGTH_MAX = 60
_MODEL_IN_AGENT = re.compile(
    r"Android [^;)]*; (?:[a-z]{2}-[A-Za-z]{2}; )?([^;)]{2,60}?)(?: Build/|\))"
)


def keep_answer(request: HttpRequest, answer: Answer, *, now: datetime) -> None:
    """Keep what a check said."""
    request.session[_KEY] = {"at": now.timestamp(), **asdict(answer)}


def forget_answer(request: HttpRequest) -> None:
    """Forget what a check said."""
    request.session.pop(_KEY, None)


def kept_answer(request: HttpRequest, *, now: datetime) -> Answer | None:
    """Return what the last check of this visit said; None: there was none."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if kept is None or now.timestamp() - kept["at"] > _VISIT.total_seconds():
        return None
    try:
        return _answer(kept)
    except (KeyError, ValueError):  # Kept by another release.
        return None


def _answer(kept: Mapping[str, Any]) -> Answer:
    return Answer(
        verdict=Verdict(kept["verdict"]),
        reason=Reason(kept["reason"]),
        look=Look(kept["look"]),
        model=kept["model"],
        candidates=tuple(kept["candidates"]),
        traps=tuple(Trap(one) for one in kept["traps"]),
        source=kept["source"],
        as_of=kept["as_of"],
    )


def hinted_model(request: HttpRequest) -> str:
    """Return the model that the browser says it runs on; empty: it says none.

    Apple's browsers name no model, and Chrome names it only when asked (device.ask_for_model).
    """
    hint = request.headers.get("Sec-CH-UA-Model", "").strip('" ')
    if not hint:
        found = _MODEL_IN_AGENT.search(request.headers.get("User-Agent", ""))
        hint = found[1].strip() if found else ""
    return hint[:_HINT_LENGTH_MAX] if len(hint) > 1 else ""
