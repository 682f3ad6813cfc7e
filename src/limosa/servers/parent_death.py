"""Ties a process to the life of its parent, so that a SIGKILL leaves nothing behind.

On Linux the kernel does it. Elsewhere a process may outlive a killed parent; PostgreSQL, which must
not, is then found and ended at the next start. To the kernel the parent is the thread that forked:
start children from the main thread.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # Linux, prctl(2).


def ends_with_parent(signal_number: signal.Signals) -> Callable[[], None] | None:
    """Return a `preexec_fn` that makes the kernel send the child a signal when we die."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # Looked up before the fork, not after.
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != parent:  # It died between the fork and the request.
            os._exit(1)

    return tie


def end_with_parent(signal_number: signal.Signals) -> None:
    """Make the kernel send this process a signal when its parent dies.

    A parent that died before this call causes no signal, so that is checked here.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        os.kill(os.getpid(), signal_number)
