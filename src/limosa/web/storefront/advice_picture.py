"""The days looked back on as a picture: what was used, and when each plan would have been bought.

The page says the same in words, so the picture is for the eye only.
"""

from dataclasses import dataclass

from limosa.domain.advice.engine.replaying import Replay
from limosa.domain.advice.engine.window import Span
from limosa.domain.advice.queries import Advice
from limosa.web.drawing import Bar, bars

WIDTH, HEIGHT = 336, 84
TRACK_HEIGHT, TRACK_GAP = 10, 8
_BETWEEN = 1.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """How long one of the plans bought lasts."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Track:
    """A plan's stretches, one after another. `y`: their upper edge."""

    y: int
    is_own: bool
    stretches: list[Stretch]


@dataclass(frozen=True, slots=True)
class AdvicePicture:
    """Columns of days, and below them a track for each plan."""

    bars: list[Bar]
    tracks: list[Track]
    width: int = WIDTH
    track_height: int = TRACK_HEIGHT

    @property
    def height(self) -> int:
        """Of the whole picture."""
        return HEIGHT + len(self.tracks) * (TRACK_HEIGHT + TRACK_GAP)


def advice_picture(advice: Advice) -> AdvicePicture:
    """Return the picture of the own plan, where it is known, and of the cheapest."""
    span = advice.known.span
    used = {one.day: one.used_bytes for one in advice.known.used}
    columns = bars([used.get(day, 0) for day in span.all()], width=WIDTH, height=HEIGHT, gap=0.28)
    own, best = advice.own, advice.best
    shown = [(own, True)] if own else []
    if best and (own is None or best.terms != own.terms):
        shown.append((best, False))
    tracks = [
        Track(
            HEIGHT + TRACK_GAP + number * (TRACK_HEIGHT + TRACK_GAP), is_own, _stretches(one, span)
        )
        for number, (one, is_own) in enumerate(shown)
    ]
    return AdvicePicture(columns, tracks)


def _stretches(one: Replay, span: Span) -> list[Stretch]:
    room = WIDTH / max(span.days, 1)
    begins = [purchase.day for purchase in one.purchases]
    ends = [
        min(purchase.ends_on, following, span.until)
        for purchase, following in zip(one.purchases, [*begins[1:], span.until], strict=True)
    ]
    return [
        Stretch(
            round((first - span.since).days * room, 1),
            round(max((last - first).days * room - _BETWEEN, 1), 1),
        )
        for first, last in zip(begins, ends, strict=True)
    ]
