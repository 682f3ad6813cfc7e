"""Shows the progress of a long job: a bar on a terminal, an occasional line elsewhere."""

import sys
from time import monotonic
from typing import TextIO

_WIDTH = 24
_SECONDS_BETWEEN_DRAWINGS = 0.1
_SECONDS_BETWEEN_LINES = 10.0


class ProgressBar:
    """The progress of one job, on standard error. `finish` ends the line."""

    def __init__(self, label: str, *, unit: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._unit = unit
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._has_line = False
        self._started = monotonic()
        self._drawn = self._started

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` is done; cheap enough to be called for every batch."""
        pause = _SECONDS_BETWEEN_DRAWINGS if self._is_terminal else _SECONDS_BETWEEN_LINES
        now = monotonic()
        if now - self._drawn < pause and done < total:
            return
        self._drawn = now
        self._has_line = True
        text = self.text(done, total, seconds=now - self._started)
        self._stream.write(f"\r\x1b[K{text}" if self._is_terminal else f"{text}\n")
        self._stream.flush()

    def finish(self) -> None:
        """End the bar's line."""
        if self._is_terminal and self._has_line:
            self._stream.write("\n")

    def text(self, done: int, total: int, *, seconds: float) -> str:
        """Return the line: percentage, amount, rate and time left."""
        part = done / total if total else 1.0
        filled = int(part * _WIDTH)
        rate = done / seconds if seconds > 0 else 0.0
        left = f", {_span((total - done) / rate)} left" if rate and done < total else ""
        return (
            f"{self._label:<26} [{'#' * filled}{'.' * (_WIDTH - filled)}] {part:>4.0%} "
            f"{done:,} {self._unit}, {rate:,.0f}/s{left}"
        )


class StepBars:
    """A bar for each step of a job, one below the other."""

    def __init__(self) -> None:
        self._started = monotonic()
        self._step = ""
        self._bar: ProgressBar | None = None

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return monotonic() - self._started

    def show(self, step: str, unit: str, done: int, total: int) -> None:
        """Show the progress of a step; a different step starts a new bar."""
        if step != self._step or self._bar is None:
            self.finish()
            self._step, self._bar = step, ProgressBar(step, unit=unit)
        self._bar.show(done, total)

    def finish(self) -> None:
        """End the last bar's line."""
        if self._bar:
            self._bar.finish()


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
