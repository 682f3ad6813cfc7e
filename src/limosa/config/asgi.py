"""The ASGI application of `limosa web`: the pages, and the live events beside them."""

from django.conf import settings
from django.db import connections

from limosa.config.checks.database_check import Readiness
from limosa.config.wsgi import application as pages
from limosa.domain.ordering.changes import CHANNEL
from limosa.servers.bodies import BodyReader
from limosa.servers.events import EventHub
from limosa.servers.health import HealthDoor
from limosa.servers.notifications import NotificationDesk
from limosa.servers.observing import Observed
from limosa.servers.order_events import order_snapshot, permitted_topic
from limosa.servers.pages import Pages
from limosa.servers.proxies import TrustedProxies
from limosa.servers.safe_answers import with_safe_answers
from limosa.servers.web import WebApplication
from limosa.web.costly import is_costly


def _make_hub() -> EventHub:
    parameters = connections["default"].get_connection_params()
    return EventHub(
        channel=CHANNEL,
        connection_parameters={
            name: value
            for name, value in parameters.items()
            if name in {"dbname", "user", "password", "host", "port"}
        },
        look=order_snapshot,
    )


_bodies = BodyReader()
_proxies = TrustedProxies(settings.TRUSTED_PROXIES, header=settings.FORWARDED_HEADER)
_web = WebApplication(
    pages=Pages(pages, threads=settings.WEB_THREADS + settings.PROVIDER_CALLS, is_costly=is_costly),
    proxies=_proxies,
    bodies=_bodies,
    make_hub=_make_hub,
    make_desk=lambda: NotificationDesk(threads=settings.WEB_THREADS, bodies=_bodies),
    permitted_topic=permitted_topic,
)
_observed = Observed(
    HealthDoor(_web, find_obstacle=Readiness().obstacle),
    proxies=_proxies,
    has_access_log=settings.ACCESS_LOG,
)
application = with_safe_answers(_observed, hsts_seconds=settings.SECURE_HSTS_SECONDS)
