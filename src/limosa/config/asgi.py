"""The ASGI application of `limosa web`: the pages, and the live events beside them."""

from pathlib import Path

from django.conf import settings
from django.db import connections

from limosa.config.checks.database_check import Readiness
from limosa.config.libpq import libpq_options
from limosa.config.wsgi import application as pages
from limosa.domain.ordering.changes import CHANNEL
from limosa.servers.bodies import BodyReader
from limosa.servers.events import EventHub
from limosa.servers.health import HealthDoor
from limosa.servers.notifications import WebhookReceiver
from limosa.servers.observing import Observed
from limosa.servers.order_events import order_snapshot, permitted_topic
from limosa.servers.pages import Pages
from limosa.servers.proxies import TrustedProxies
from limosa.servers.safe_answers import Application, with_safe_answers
from limosa.servers.shared_crowd import SharedCrowd
from limosa.servers.watchers import Watchers
from limosa.servers.web import WebApplication
from limosa.web.costly import is_costly


def _make_hub() -> EventHub:
    return EventHub(
        channel=CHANNEL,
        connection_parameters=libpq_options(connections["default"]),
        look=order_snapshot,
    )


def make_application(*, shared_folder: Path) -> Application:
    """Return the application of one process.

    shared_folder: of all processes of this server, as long as it runs.
    """
    bodies = BodyReader()
    proxies = TrustedProxies(settings.TRUSTED_PROXIES, header=settings.FORWARDED_HEADER)
    threads = settings.WEB_THREADS + settings.PROVIDER_CALLS
    web = WebApplication(
        pages=Pages(pages, threads=threads, is_costly=is_costly),
        proxies=proxies,
        bodies=bodies,
        make_hub=_make_hub,
        make_receiver=lambda: WebhookReceiver(threads=settings.WEB_THREADS, bodies=bodies),
        watchers=Watchers(permitted_topic, shared_folder=shared_folder),
    )
    told = SharedCrowd(shared_folder / "told", each_max=1)
    observed = Observed(
        HealthDoor(web, find_obstacle=Readiness().obstacle),
        proxies=proxies,
        has_access_log=settings.ACCESS_LOG,
        # By the first process that is: one line, however many there are.
        tells_ready=lambda: told.keep("ready"),
    )
    return with_safe_answers(observed, hsts_seconds=settings.SECURE_HSTS_SECONDS)
