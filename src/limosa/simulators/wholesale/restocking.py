"""Has more profiles made as they run low, by whoever runs the SM-DP+: a command of theirs."""

import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

from limosa.simulators.wholesale.esims import Profile
from limosa.simulators.wholesale.profiles import NoProfileError, Profiles

AFTER = 20
MADE_WITHIN_SECONDS = 10.0  # Before the buyer stops waiting for an answer.


class RestockedProfiles:
    """Profiles of an SM-DP+, of which as many are made as were taken.

    `command`: makes as many as the number that is put after it. It runs beside the orders, one at
    a time: after every twenty profiles, and at once if none is left, which orders wait for.
    """

    def __init__(self, profiles: Profiles, *, command: Sequence[str]) -> None:
        self._profiles = profiles
        self._command = list(command)
        self._lock = threading.Lock()
        self._taken = 0
        self._running: subprocess.Popen[bytes] | None = None

    def take(self, name: str) -> Profile:
        try:
            profile = self._profiles.take(name)
        except NoProfileError as error:
            if not error.is_none_left:
                raise
            profile = self._take_once_made(name)
        self._make(taken=1)
        return profile

    def give_back(self, name: str, profile: Profile) -> None:
        self._profiles.give_back(name, profile)

    def _take_once_made(self, name: str) -> Profile:
        making = self._make(taken=0, is_none_left=True)
        if making is not None:
            with suppress(subprocess.TimeoutExpired):
                making.wait(MADE_WITHIN_SECONDS)
        try:
            return self._profiles.take(name)
        except NoProfileError as error:
            raise NoProfileError(str(error), is_for_now=True) from error

    def _make(self, *, taken: int, is_none_left: bool = False) -> "subprocess.Popen[bytes] | None":
        """Start the command if it is time and it does not run; return it as it runs."""
        with self._lock:
            self._taken += taken
            is_running = self._running is not None and self._running.poll() is None
            if not is_running and (is_none_left or self._taken >= AFTER):
                count, self._taken = max(self._taken, AFTER), 0
                self._running = subprocess.Popen(  # noqa: S603 -- of the demo's own.
                    [*self._command, str(count)], stdin=subprocess.DEVNULL
                )
            return self._running
