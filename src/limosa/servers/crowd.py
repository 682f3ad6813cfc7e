"""How much one address may hold open at a time in one process.

The limit per token applies across all processes: servers/shared_crowd.py.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

# A whole company may share one address. A process serves four pages at a time, so any more requests
# than this would only wait.
REQUESTS_OF_ADDRESS_MAX = 100
STREAMS_OF_ADDRESS_MAX = 250


class Crowd:
    """Counts what each holder holds open."""

    def __init__(self, *, each_max: int) -> None:
        self._each_max = each_max
        self._open: Counter[str] = Counter()

    @contextmanager
    def place_for(self, whom: str) -> Iterator[bool]:
        """Hold a slot for somebody; False: they have reached the limit. Empty: not limited."""
        if whom and self._open[whom] >= self._each_max:
            yield False
            return
        self._open[whom] += 1
        try:
            yield True
        finally:
            self._open[whom] -= 1
            if not self._open[whom]:
                del self._open[whom]
