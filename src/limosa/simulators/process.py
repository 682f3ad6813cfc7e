"""Runs a simulator as a process: print where it listens, wait for the signal, stop."""

import signal
import sys
import threading
from collections.abc import Callable


def run_until_told(*, start: Callable[[], str], stop: Callable[[], None]) -> int:
    """Start, print the line that `start` returns, wait for SIGTERM or SIGINT, stop.

    Returns the exit status: 0, or 2 with a message on stderr if an address is in use.
    Must be called from the main thread.
    """
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    try:
        line = start()
    except OSError as error:
        sys.stderr.write(f"cannot start: {error.strerror or error}\n")
        return 2
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    told.wait()
    stop()
    return 0
