"""How many connections the limit on open files leaves room for.

Above that limit, accepting fails for everybody, and goes on failing until somebody leaves.
"""

import logging
import resource

# At a port, in a process: two ports stay below the usual limit of 1,024 open files.
CONNECTIONS_MAX = 400
CONNECTIONS_MIN = 8
FILES_BESIDE = 100  # Databases, listening sockets, metrics; and connections that are just ending.

logger = logging.getLogger(__name__)


def raise_file_limit(*, ports: int) -> None:
    """Let this process and those it starts open as many files as these ports want.

    The soft limit is raised as far as the hard one allows. Where that is too low, there will be
    fewer connections, and the log says so.
    """
    wanted = ports * CONNECTIONS_MAX + FILES_BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft < wanted:
        logger.warning(
            "only %d files may be open, so %d connections a port and process instead of %d: raise "
            "the limit (LimitNOFILE in systemd, ulimit -n)",
            soft,
            connections_max(ports=ports),
            CONNECTIONS_MAX,
        )


def connections_max(*, ports: int) -> int:
    """Return how many connections each of these ports may have in this process."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    return min(CONNECTIONS_MAX, max((soft - FILES_BESIDE) // ports, CONNECTIONS_MIN))
