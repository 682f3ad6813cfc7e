"""How much one token may hold open at a time, across all processes of this machine.

A slot is a byte in a file that all processes have open; its holder has locked it. Nothing is ever
written there. The kernel releases the locks of a process that ends, however it ends, so no slot
leaks, and there is no count that could be wrong after a crash.
"""

import fcntl
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

_HASH_BYTES = 7  # Multiplied by the slots per token it fits a file offset.


class SharedCrowd:
    """Counts what each token holds open. file: the same for all who share; created by the first.

    A process may have only one of these per file: its own locks don't exclude each other, and
    closing the file once releases everything that the process has locked in it.
    """

    def __init__(self, file: Path, *, each_max: int) -> None:
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._each_max = each_max
        self._ours: defaultdict[str, set[int]] = defaultdict(set)

    @contextmanager
    def place_for(self, whom: str) -> Iterator[bool]:
        """Hold a slot for somebody; False: they have reached the limit. Never waits."""
        place = self._take(whom)
        if place is None:
            if not self._ours[whom]:
                del self._ours[whom]
            yield False
            return
        try:
            yield True
        finally:
            self._give_back(whom, place)

    def keep(self, whom: str) -> bool:
        """Take a slot until this process ends. False: there is none."""
        return self._take(whom) is not None

    def _take(self, whom: str) -> int | None:
        begin = self._begin_of(whom)
        for place in range(begin, begin + self._each_max):
            if place in self._ours[whom]:
                continue
            try:
                fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except (BlockingIOError, PermissionError):  # Another process holds it.
                continue
            self._ours[whom].add(place)
            return place
        return None

    def _give_back(self, whom: str, place: int) -> None:
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, place)
        self._ours[whom].discard(place)
        if not self._ours[whom]:
            del self._ours[whom]

    def _begin_of(self, whom: str) -> int:
        digest = sha256(whom.encode()).digest()
        return int.from_bytes(digest[:_HASH_BYTES]) * self._each_max
