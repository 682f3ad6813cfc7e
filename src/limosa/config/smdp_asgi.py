"""The ASGI application of `limosa smdp`: the outer layers of config/asgi.py around ES9+.

Whoever connects is a phone, and names the host by which it found us: the TLS certificate, and the
address in its message, say whether that is right.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from django.conf import settings
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from limosa.config.checks.database_check import Readiness
from limosa.config.smdp_identity import smdp_identity
from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import REQUESTS_OF_ADDRESS_MAX, Crowd
from limosa.servers.endpoints.endpoint import Endpoint
from limosa.servers.endpoints.health import ALIVE, READY, Health
from limosa.servers.endpoints.threads import DatabaseThreads, ThreadsInTurn
from limosa.servers.limits import Limits
from limosa.servers.observing import Observed
from limosa.servers.proxies import SeenThrough, TrustedProxies
from limosa.servers.safe_answers import with_safe_answers
from limosa.servers.shared_crowd import SharedCrowd
from limosa.servers.smdp.es9plus import Es9Plus
from limosa.servers.smdp.verifying import NotificationVerifier


def make_phones_application(*, shared_folder: Path) -> ASGIApp:
    """Return the application of one process, for phones. Call it before its event loop starts.

    shared_folder: common to all processes of this server, for as long as it runs.
    """
    proxies = TrustedProxies(settings.TRUSTED_PROXIES, header=settings.FORWARDED_HEADER)
    limits = Limits(
        bodies=BodyReader(),
        requests=Crowd(each_max=REQUESTS_OF_ADDRESS_MAX),
        counted_as=proxies.counted_as,
    )
    count = settings.WEB_THREADS
    threads = ThreadsInTurn(DatabaseThreads(count, thread_name_prefix="es9plus"), count=count)
    smdp = smdp_identity()
    verifier = NotificationVerifier(
        smdp=smdp, thread=DatabaseThreads(1, thread_name_prefix="notifications")
    )
    routes = [
        *Es9Plus(smdp=smdp, threads=threads, verifier=verifier).routes(limits),
        *_health_routes(limits),
    ]
    told = SharedCrowd(shared_folder / "told", each_max=1)
    observed = Observed(
        Router(routes, redirect_slashes=False, lifespan=lambda _: _lifetime(verifier)),
        has_access_log=settings.ACCESS_LOG,
        tells_ready=lambda: told.keep("ready"),
    )
    return with_safe_answers(SeenThrough(observed, proxies=proxies), hsts_seconds=0)


def _health_routes(limits: Limits) -> list[Route]:
    health = Health(find_obstacle=Readiness().obstacle)
    return [
        Route(path, Endpoint(answer, limits=limits, is_for_any_host=True))
        for path, answer in ((ALIVE, health.alive), (READY, health.ready))
    ]


@asynccontextmanager
async def _lifetime(verifier: NotificationVerifier) -> AsyncIterator[None]:
    verifier.start()
    yield
    await verifier.stop()
