"""The ASGI application of `limosa web`, as layers from the outside in.

    safe answers    security headers on every response
    seen through    the client is the person, not a proxy
    observed        a request id, a count, a line in the log
    plain paths     no encoded slash, which a proxy may read differently
    router          our own endpoints (servers/routes.py); everything else goes to:
    limited pages   our host and methods, limits per address, bodies read in time
    pages           Django under WSGI, in threads (config/wsgi.py, config/urls.py)

docs/explanation/the-walk-of-a-request.md explains the order.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.db import connections
from starlette.routing import Router
from starlette.types import ASGIApp

from limosa.config.checks.database_check import Readiness
from limosa.config.libpq import libpq_options
from limosa.config.warm_up import warm_up
from limosa.config.wsgi import application as pages
from limosa.domain.watching import CHANNEL
from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import REQUESTS_OF_ADDRESS_MAX, Crowd
from limosa.servers.endpoints.health import Health
from limosa.servers.endpoints.notifications import WebhookReceiver
from limosa.servers.endpoints.supplier_callbacks import SupplierCallbacks
from limosa.servers.endpoints.threads import DatabaseThreads, ThreadsInTurn
from limosa.servers.endpoints.usage_feed import UsageFeed
from limosa.servers.endpoints.watched import permitted_topic, snapshot
from limosa.servers.endpoints.watchers import Watchers
from limosa.servers.events import EventHub
from limosa.servers.lifetime import lifetime
from limosa.servers.limited_pages import LimitedPages
from limosa.servers.limits import Limits
from limosa.servers.observing import Observed
from limosa.servers.pages import Pages
from limosa.servers.plain_paths import PlainPaths
from limosa.servers.proxies import SeenThrough, TrustedProxies
from limosa.servers.routes import own_routes
from limosa.servers.safe_answers import with_safe_answers
from limosa.servers.shared_crowd import SharedCrowd
from limosa.web.costly import is_costly


def make_application(*, shared_folder: Path) -> ASGIApp:
    """Return the application of one process. Call it in the process's event loop, or before that
    starts. What pages need is loaded by then.

    shared_folder: common to all processes of this server, for as long as it runs.
    """
    warm_up()
    proxies = TrustedProxies(settings.TRUSTED_PROXIES, header=settings.FORWARDED_HEADER)
    told = SharedCrowd(shared_folder / "told", each_max=1)
    observed = Observed(
        PlainPaths(_make_router(proxies, shared_folder)),
        has_access_log=settings.ACCESS_LOG,
        # By the first process that is ready: one line, however many there are.
        tells_ready=lambda: told.keep("ready"),
    )
    return with_safe_answers(
        SeenThrough(observed, proxies=proxies), hsts_seconds=settings.SECURE_HSTS_SECONDS
    )


def _make_router(proxies: TrustedProxies, shared_folder: Path) -> Router:
    limits = Limits(
        bodies=BodyReader(),
        requests=Crowd(each_max=REQUESTS_OF_ADDRESS_MAX),
        counted_as=proxies.counted_as,
    )
    hub = _make_hub()
    count = settings.WEB_THREADS
    # It maintains its own database connections, more cheaply.
    receiver = WebhookReceiver(
        threads=ThreadPoolExecutor(count, thread_name_prefix="notifications")
    )
    reports = ThreadsInTurn(DatabaseThreads(count, thread_name_prefix="reports"), count=count)
    routes = own_routes(
        limits=limits,
        receiver=receiver,
        watchers=Watchers(hub, permitted_topic=permitted_topic, shared_folder=shared_folder),
        callbacks=SupplierCallbacks(threads=reports),
        feed=UsageFeed(threads=reports),
        health=Health(find_obstacle=Readiness().obstacle),
    )
    threads = settings.WEB_THREADS + settings.PROVIDER_CALLS
    limited = LimitedPages(Pages(pages, threads=threads, is_costly=is_costly), limits=limits)
    return Router(
        routes,
        redirect_slashes=False,
        default=limited,
        lifespan=lambda _: lifetime(hub=hub, receiver=receiver),
    )


def _make_hub() -> EventHub:
    return EventHub(
        channel=CHANNEL,
        connection_parameters=libpq_options(connections["default"]),
        look=snapshot,
    )
