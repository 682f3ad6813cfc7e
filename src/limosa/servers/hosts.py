"""Whether a request names a host of ours, and only one: asked before any thread is taken."""

import logging

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from starlette.types import Scope

from limosa.servers.replies import header, headers

OTHER_HOST_TEXT = "This service does not answer at this address.\n"
PORT_MAX = 65_535

logger = logging.getLogger(__name__)


def is_for_us(scope: Scope) -> bool:
    """Return whether LIMOSA_ALLOWED_HOSTS contains the request's host; log one line if not."""
    if names_two_hosts(scope):
        logger.warning("refused: more than one Host header")
        return False
    request = HttpRequest()
    request.META["HTTP_HOST"] = header(scope, "host")
    try:
        host = request.get_host()
    except DisallowedHost:
        host = request.META["HTTP_HOST"]
        logger.warning("refused: the host %.100a is not in LIMOSA_ALLOWED_HOSTS", host)
        return False
    if not _is_port(host.rpartition("]")[2].partition(":")[2]):
        logger.warning("refused: the host %.100a has a port that does not exist", host)
        return False
    return True


def names_two_hosts(scope: Scope) -> bool:
    """Return whether the request has several Host headers: a proxy may have believed another."""
    return len(headers(scope, "host")) > 1


def _is_port(text: str) -> bool:
    return len(text) <= len(str(PORT_MAX)) and int(text or 0) <= PORT_MAX
