"""Where a request came from, decided once, before anything else looks at it.

From here on `client` of the scope (REMOTE_ADDR of a page) is the person's address: for limits,
payments and logs alike. Nothing further in reads a forwarding header.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from limosa.foundation.addresses import (
    Networks,
    forwarded_hops,
    household,
    is_in,
    read_address,
    real_address,
    x_forwarded_for_hops,
)

_PROTO = b"x-forwarded-proto"


class TrustedProxies:
    """The proxies in front of us. header: the one that they write, X-Forwarded-For or Forwarded.

    Only that one is read: a proxy that writes one may pass the other through as forged by a client.
    """

    def __init__(self, networks: Networks, *, header: str) -> None:
        self._networks = networks
        self._header = header.lower().encode()
        self._hops = forwarded_hops if self._header == b"forwarded" else x_forwarded_for_hops

    def see_through(self, scope: Scope) -> Scope:
        """Return the scope with the person's address as its client.

        Without trusted proxies it is the socket's. With some, X-Forwarded-Proto from anybody else
        is dropped.
        """
        client: tuple[str, int] | None = scope.get("client")
        if not self._networks or client is None:
            return scope
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        peer = read_address(client[0])
        if peer is None or not is_in(peer, self._networks):
            return {
                **scope,
                "headers": [pair for pair in headers if pair[0].lower() != _PROTO],
            }
        values = [value.decode("latin-1") for name, value in headers if name == self._header]
        address = real_address(client[0], self._hops(values), trusted=self._networks)
        return {**scope, "client": (address, client[1])}

    def counted_as(self, scope: Scope) -> str:
        """Return whose count a request is part of, from a scope already seen through.

        Empty: only a proxy is known, behind which there may be anybody.
        """
        client: tuple[str, int] | None = scope.get("client")
        if client is None:
            return ""
        address = read_address(client[0])
        if address is not None and is_in(address, self._networks):
            return ""
        return household(client[0])


class SeenThrough:
    """An ASGI application that sees the sender's address in place of the proxy's."""

    def __init__(self, application: ASGIApp, *, proxies: TrustedProxies) -> None:
        self._application = application
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "lifespan":
            scope = self._proxies.see_through(scope)
        await self._application(scope, receive, send)
