"""Ties a child process to the life of its parent, so that nothing is left behind by a SIGKILL."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # Linux, prctl(2).


def ends_with_parent(
    signal_number: signal.Signals = signal.SIGTERM,
) -> Callable[[], None] | None:
    """Return a `preexec_fn` that has the kernel signal the child when its parent dies.

    None where the system has no such request (all but Linux); there a process that outlives a
    killed parent is found and ended at the next start.
    Start the child from a thread that lives as long as the process: to the kernel the parent is
    the thread that forked.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # Loaded before the fork, not after it.
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != parent:  # It died between the fork and the request.
            os._exit(1)

    return tie
