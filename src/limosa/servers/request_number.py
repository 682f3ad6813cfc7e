"""The id of the current request, for log lines. Nothing else reads it."""

import secrets
from contextvars import ContextVar

_number: ContextVar[str] = ContextVar("request_number", default="")


def request_number() -> str:
    """Return the id of the request that this thread or task works for; empty: none."""
    return _number.get()


def begin_request() -> str:
    """Give this task, and what it starts, a new id; return it."""
    number = secrets.token_hex(8)
    _number.set(number)
    return number
