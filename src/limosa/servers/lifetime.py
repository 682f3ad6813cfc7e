"""What starts and stops with a web server process, in its event loop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from limosa.servers.endpoints.notifications import WebhookReceiver
from limosa.servers.events import EventHub
from limosa.servers.parent_death import end_with_parent


@asynccontextmanager
async def lifetime(*, hub: EventHub, receiver: WebhookReceiver) -> AsyncIterator[None]:
    """Listen for events and store the counts of refusals, until the server stops."""
    # By force: an orphan waiting for its open connections would keep holding the port.
    end_with_parent(signal.SIGKILL)
    hub.start()
    receiver.start()
    _on_sigterm(hub.close_streams)
    yield
    await hub.stop()
    await receiver.stop()


def _on_sigterm(act: Callable[[], None]) -> None:
    """Call `act` in the event loop at SIGTERM, in addition to what the server does then.

    The server waits for open requests to end, and a stream would not end by itself.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # The loop's own handlers use a wake-up file descriptor and stay in force.
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(act))
