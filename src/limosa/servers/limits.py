"""What one process lets in at a time, from pages and from our own addresses together."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Scope

from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import Crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """bodies: reads them within limits. requests: those that each holds open.

    counted_as: returns by whom a request is counted; empty: by nobody.
    """

    bodies: BodyReader
    requests: Crowd
    counted_as: Callable[[Scope], str]
