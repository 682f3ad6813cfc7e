"""Every URL of `limosa web` that is not a page, in matching order.

Everything else is Django's: config/urls.py. config/asgi.py combines the two.
"""

from starlette.routing import Route

from limosa.domain.payments.notify_url import PREFIX, SUFFIX
from limosa.servers.endpoints import (
    esim_events,
    notifications,
    order_events,
    supplier_callbacks,
    usage_feed,
)
from limosa.servers.endpoints.endpoint import Endpoint, ProbedEndpoint
from limosa.servers.endpoints.health import ALIVE, READY, Health
from limosa.servers.endpoints.notifications import WebhookReceiver
from limosa.servers.endpoints.supplier_callbacks import SupplierCallbacks
from limosa.servers.endpoints.usage_feed import UsageFeed, say_in_json
from limosa.servers.endpoints.watchers import Watchers
from limosa.servers.limits import Limits


def own_routes(
    *,
    limits: Limits,
    receiver: WebhookReceiver,
    watchers: Watchers,
    callbacks: SupplierCallbacks,
    feed: UsageFeed,
    health: Health,
) -> list[Route]:
    """Return the routes of one process."""
    return [
        Route(
            f"{PREFIX}{{provider}}{SUFFIX}",
            # Not counted by address: a provider has few addresses and sends a lot.
            Endpoint(receiver.answer, limits=limits, body_bytes_max=notifications.BODY_BYTES_MAX),
        ),
        *(
            # Counted by token and address, separately from ordinary requests.
            Route(f"{path}{{name}}", Endpoint(watchers.answer, limits=limits))
            for path in (order_events.PATH, esim_events.PATH)
        ),
        Route(
            "/suppliers/{supplier}/callback",
            ProbedEndpoint(
                callbacks.answer,
                limits=limits,
                body_bytes_max=supplier_callbacks.BODY_BYTES_MAX,
                is_counted=True,
            ),
        ),
        Route(
            "/feeds/usage",
            Endpoint(
                feed.answer,
                limits=limits,
                body_bytes_max=usage_feed.BODY_BYTES_MAX,
                is_counted=True,
                say=say_in_json,
            ),
        ),
        Route(ALIVE, Endpoint(health.alive, limits=limits, is_for_any_host=True)),
        Route(READY, Endpoint(health.ready, limits=limits, is_for_any_host=True)),
    ]
