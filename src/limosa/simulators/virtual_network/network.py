"""The network at work: about every second, use data on each eSIM, and report the usage.

An eSIM that was told to redirect uses nothing, and asks again with a zero-byte record every few
seconds, as a real network's session does; so does one that the feed did not know. When the feed
can't be reached, usage continues and its records wait, as they would in a real network.
"""

import logging
import threading
import uuid
from collections import defaultdict

from limosa.simulators.clock import Clock
from limosa.simulators.virtual_network.feed import Feed, FeedError
from limosa.simulators.virtual_network.records import Esim, Records, UsageRecord, effective_pace

log = logging.getLogger(__name__)

SLOW, FAST = 500_000, 5_000_000  # Bytes per second: reading the news, watching a film.
THROTTLED = 125_000  # 1 Mbit/s
BATCH_RECORDS_MAX = 500
RETRY_SECONDS_MAX = 10.0
_UPLINK_PART = 10  # One byte in ten is uplink.


class Network:
    """Between `start` and `stop`, it uses data and reports it every `tick_seconds`."""

    def __init__(
        self, records: Records, feed: Feed, clock: Clock, *, tick_seconds: float,
        probe_seconds: float,
    ) -> None:  # fmt: skip
        self.records, self.feed = records, feed
        self.trouble = ""  # Why the last report failed; empty if it did not.
        self._clock = clock
        self._tick_seconds, self._probe_seconds = tick_seconds, probe_seconds
        self._metered_until = clock()
        self._probed_at: dict[str, float] = defaultdict(float)
        self._told = threading.Condition()
        self._is_stopping = self._is_woken = False
        self._threads = [
            threading.Thread(target=self._use, name="use", daemon=True),
            threading.Thread(target=self._report, name="report", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop using data; wait for the report in progress. Unacknowledged records are on disk."""
        with self._told:
            self._is_stopping = True
            self._told.notify_all()
        for thread in self._threads:
            thread.join()

    def use(self, iccid: str, volume_bytes: int) -> None:
        """Use this much at once. Raises LookupError for an unknown eSIM."""
        if iccid not in {esim.iccid for esim in self.records.esims()}:
            raise LookupError(iccid)
        now = self._clock()
        self.records.add_usage([_record(iccid, volume_bytes, now, now)])
        self.wake()

    def wake(self) -> None:
        """Report now rather than at the next tick."""
        with self._told:
            self._is_woken = True
            self._told.notify_all()

    def meter(self, now: float) -> list[UsageRecord]:
        """Return the records since the last call, and note that this time is accounted for."""
        since = min(self._metered_until, now)  # The clock may have been set back.
        self._metered_until = now
        found = []
        for esim in self.records.esims():
            pace = effective_pace(esim, throttled_pace=THROTTLED)
            volume_bytes = int(pace * (now - since))
            if volume_bytes or self._is_probe_due(esim, now):
                found.append(_record(esim.iccid, volume_bytes, since, now))
        return found

    def _is_probe_due(self, esim: Esim, now: float) -> bool:
        """Return whether it is time to ask again for an eSIM that may not use data (or was never
        asked for)."""
        may_not = esim.is_blocked or esim.status in {"", "unknown_esim", "invalid"}
        if not may_not or now - self._probed_at[esim.iccid] < self._probe_seconds:
            return False
        self._probed_at[esim.iccid] = now
        return True

    def _use(self) -> None:
        while not self._wait(self._tick_seconds, until_woken=False):
            used = self.meter(self._clock())
            if used:
                self.records.add_usage(used)
                self.wake()

    def _report(self) -> None:
        pause = 0.0
        while not self._wait(pause or self._tick_seconds, until_woken=not pause):
            try:
                while self.report_once():
                    pass
                self.trouble, pause = "", 0.0
            except FeedError as error:
                self.trouble = str(error)
                pause = min(max(1.0, pause * 2), RETRY_SECONDS_MAX)
                log.info("usage feed: %s; again in %.0f s", error, pause)

    def report_once(self) -> bool:
        """Report one batch; return whether there was one, and it was acknowledged. Raises
        FeedError."""
        batch = self.records.unsent(count=BATCH_RECORDS_MAX)
        if not batch:
            return False
        answers = self.feed.report(batch)
        if not answers:
            raise FeedError("it acknowledged nothing")
        self.records.acknowledge(answers, now=self._clock())
        return True

    def _wait(self, seconds: float, *, until_woken: bool) -> bool:
        """Wait; return whether it is time to stop."""
        with self._told:
            self._told.wait_for(
                lambda: self._is_stopping or (until_woken and self._is_woken), timeout=seconds
            )
            if until_woken:
                self._is_woken = False
            return self._is_stopping


def _record(iccid: str, volume_bytes: int, since: float, until: float) -> UsageRecord:
    uplink = volume_bytes // _UPLINK_PART
    return UsageRecord(str(uuid.uuid4()), iccid, since, until, uplink, volume_bytes - uplink)
