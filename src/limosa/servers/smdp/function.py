"""How each function of the SM-DP+ is served: as one of our endpoints, in JSON throughout."""

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp

from limosa.servers.endpoints.endpoint import Endpoint, Incoming
from limosa.servers.limits import Limits
from limosa.servers.smdp.answers import say_in_json

BODY_BYTES_MAX = 64 * 1024  # Ours: real ones are a few kilobytes.


class Function(Endpoint):
    """A function, at any host. It takes POST and nothing else: no browser asks for it."""

    tells_methods = False

    def __init__(self, answer: Callable[[Incoming], Awaitable[ASGIApp]], *, limits: Limits) -> None:
        super().__init__(
            answer,
            limits=limits,
            body_bytes_max=BODY_BYTES_MAX,
            is_counted=True,
            is_for_any_host=True,
            say=say_in_json,
        )
