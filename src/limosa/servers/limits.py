"""What one process admits at a time, for pages and our endpoints together."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Scope

from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import Crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """bodies: reads them within limits. requests: those that each client holds open.

    counted_as: returns whose count a request is part of; empty: nobody's.
    """

    bodies: BodyReader
    requests: Crowd
    counted_as: Callable[[Scope], str]
