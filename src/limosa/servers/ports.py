"""Whether a port of loopback can be had, or somebody listens there already."""

import socket

_HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Return whether a server could listen at a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def is_taken(port: int) -> bool:
    """Return whether somebody at a port takes connections."""
    try:
        socket.create_connection((_HOST, port), timeout=1.0).close()
    except OSError:
        return False
    return True
