"""Requests that cost far more than a page: they hash a password or a PIN, which is slow on
purpose."""

import re

_COSTLY = re.compile(r"/accounts/|/settings/payment-pin/|/orders/[^/]+/pin/")


def is_costly(method: str, path: str) -> bool:
    """Return whether a request may hash a password or a PIN: only a few of these run at a time."""
    return method == "POST" and _COSTLY.match(path) is not None
