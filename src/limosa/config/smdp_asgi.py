"""The ASGI applications of `limosa smdp`: the outer layers of config/asgi.py around ES9+ and ES2+.

Whoever connects names the host by which it found us: the TLS certificate, and the address in a
phone's message, say whether that is right.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from django.conf import settings
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Lifespan

from limosa.config.checks.database_check import Readiness
from limosa.config.smdp_identity import smdp_identity
from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import Crowd
from limosa.servers.endpoints.endpoint import Endpoint
from limosa.servers.endpoints.health import ALIVE, READY, Health
from limosa.servers.endpoints.threads import DatabaseThreads, ThreadsInTurn
from limosa.servers.limits import Limits
from limosa.servers.observing import Observed
from limosa.servers.plain_paths import PlainPaths
from limosa.servers.proxies import SeenThrough, TrustedProxies
from limosa.servers.safe_answers import with_safe_answers
from limosa.servers.shared_crowd import SharedCrowd
from limosa.servers.smdp.answers import no_function
from limosa.servers.smdp.eid_limit import EidLimit
from limosa.servers.smdp.es2plus import Es2Plus
from limosa.servers.smdp.es9plus import Es9Plus
from limosa.servers.smdp.verifying import NotificationVerifier


def make_smdp_applications(*, shared_folder: Path) -> dict[str, ASGIApp]:
    """Return the applications of one process: `es9plus` for phones, `es2plus` for operators. Call
    it before its event loop starts.

    shared_folder: common to all processes of this server, for as long as it runs.
    """
    proxies = TrustedProxies(settings.TRUSTED_PROXIES, header=settings.FORWARDED_HEADER)
    limits = Limits(
        bodies=BodyReader(seconds_max=settings.SMDP_STALL_SECONDS),
        requests=Crowd(each_max=settings.SMDP_REQUESTS_OF_ADDRESS),
        counted_as=proxies.counted_as,
    )
    smdp = smdp_identity()
    verifier = NotificationVerifier(
        smdp=smdp, thread=DatabaseThreads(1, thread_name_prefix="notifications")
    )
    phones = Es9Plus(
        smdp=smdp,
        threads=_threads("es9plus"),
        verifier=verifier,
        eids=EidLimit(per_minute=settings.SMDP_SESSIONS_OF_EID),
    )
    operators = Es2Plus(
        address=settings.SMDP_ADDRESS,
        threads=_threads("es2plus"),
        certificate_header=settings.SMDP_ES2PLUS_CERTIFICATE_HEADER,
        types=settings.SMDP_ES2PLUS_TYPES,
    )
    health = _health_routes(limits)
    told = SharedCrowd(shared_folder / "told", each_max=1)

    def layered(routes: Sequence[Route], lifespan: Lifespan[Router] | None) -> ASGIApp:
        router = Router(routes, redirect_slashes=False, default=no_function, lifespan=lifespan)
        observed = Observed(
            PlainPaths(router, otherwise=no_function),
            has_access_log=settings.ACCESS_LOG,
            name="smdp",
            tells_ready=lambda: lifespan is not None and told.keep("ready"),
        )
        seen = SeenThrough(observed, proxies=proxies)
        return with_safe_answers(seen, hsts_seconds=0)

    return {
        "es9plus": layered([*phones.routes(limits), *health], lambda _: _lifetime(verifier)),
        "es2plus": layered([*operators.routes(limits), *health], None),
    }


def _threads(name: str) -> ThreadsInTurn:
    count = settings.WEB_THREADS
    return ThreadsInTurn(DatabaseThreads(count, thread_name_prefix=name), count=count)


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
