"""Checks the host name of requests that Django does not answer.

For pages, web/gate.py does.
"""

import logging

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from starlette.types import Scope

from limosa.servers.replies import header

OTHER_HOST_TEXT = "This service does not answer at this address.\n"

logger = logging.getLogger(__name__)


def is_for_us(scope: Scope) -> bool:
    """Return whether LIMOSA_ALLOWED_HOSTS contains the request's host; log one line if not."""
    request = HttpRequest()
    request.META["HTTP_HOST"] = header(scope, "host")
    try:
        request.get_host()
    except DisallowedHost:
        host = request.META["HTTP_HOST"]
        logger.warning("refused: the host %.100a is not in LIMOSA_ALLOWED_HOSTS", host)
        return False
    return True
