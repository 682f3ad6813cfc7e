"""Every answer over the URL table: kept by nobody unless it is public, and safe to show."""

import gzip
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import resolve
from pytest_django.fixtures import Settings

from limosa.domain.payments.registry import provider_for
from limosa.web.compression import OPEN_PAGES
from tests.factories import MOMENT
from tests.fuzzing.addresses import routes
from tests.fuzzing.channel import KeepingChannel
from tests.fuzzing.in_process import explored, taken_back
from tests.fuzzing.world import World, make_world

pytestmark = pytest.mark.django_db
_AN_HOUR = ("manifest.webmanifest", "robots.txt", "sitemap.xml", "sitemap/<slug:part>.xml")
# What may be kept, and for how long. The worker: as long as the server says that it is the same.
PUBLIC = dict.fromkeys(_AN_HOUR, "max-age=3600, public") | {
    "offline-worker.js": "max-age=0, public"
}


@pytest.fixture(autouse=True)
def _at_moment(settings: Settings) -> Iterator[None]:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.PAYMENT_PROVIDERS = {
        "wechatpay": f"{KeepingChannel.__module__}.{KeepingChannel.__qualname__}"
    }
    provider_for.cache_clear()
    with time_machine.travel(MOMENT, tick=True):
        yield
    provider_for.cache_clear()


@pytest.fixture
def world(_at_moment: None) -> World:
    return make_world()


def paths(world: World) -> dict[str, str]:
    """Return a path to each route of the URL table."""
    known = explored(world)
    return {route: known.path_to(route) for route in routes()}


def ask(path: str, session: str = "", *, method: str = "GET", **headers: str) -> Any:
    """Return the answer; what the request changed is taken back."""
    cookie = {"cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else {}
    with taken_back():
        return Client().generic(method, path, secure=True, headers={**cookie, **headers})


def check_safe(answer: Any, where: object) -> None:
    assert answer.headers["X-Content-Type-Options"] == "nosniff", where
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", where
    assert answer.headers["X-Frame-Options"] == "DENY", where
    assert answer.headers["Content-Security-Policy"], where


def test_every_page_is_private_and_safe(world: World) -> None:
    sessions = world.cookies()
    found = paths(world)
    seen = set()
    for (route, path), who, method in product(found.items(), sessions, ("GET", "POST")):
        answer = ask(path, sessions[who], method=method)
        where = (who, method, path, answer.status_code)
        kept = PUBLIC.get(route) if answer.status_code == 200 else None
        assert answer.headers["Cache-Control"] == (kept or "private, no-store"), where
        check_safe(answer, where)
        seen.add(answer.status_code)
    assert seen >= {200, 302, 404, 405}


def test_no_page_takes_a_method_that_it_does_not_know(world: World) -> None:
    for path in paths(world).values():
        answer = ask(path, method="TRACE")
        assert answer.status_code == 405, path
        check_safe(answer, path)


def test_static_files_and_missing_pages_are_safe_too(db: None) -> None:
    for path in ("/static/limosa.css", "/nothing/here/", "/static/nothing.css", "/?a=%00"):
        answer = ask(path)
        check_safe(answer, path)
        if answer.streaming:  # Read to its end, it closes its file.
            b"".join(answer.streaming_content)


def is_packed(path: str, session: str = "") -> bool:
    answer = ask(path, session, **{"accept-encoding": "gzip, br"})
    if answer.headers.get("Content-Encoding") != "gzip":
        return False
    assert gzip.decompress(answer.content).strip()
    assert "Accept-Encoding" in answer.headers["Vary"]
    return True


def test_only_pages_that_all_strangers_see_are_compressed(world: World) -> None:
    session = world.cookies()["staff"]
    compressed = set()
    for path in sorted({*world.start, *paths(world).values(), "/nothing/here/"}):
        assert not is_packed(path, session), path
        if is_packed(path):
            compressed.add(resolve(path).url_name)
    # A stranger who wants to buy is sent to sign in first; nothing is suggested for no text.
    assert compressed == OPEN_PAGES - {"buy", "suggestions"}


def test_a_compressed_page_is_padded_at_random() -> None:
    lengths = {
        len(Client().get("/plans/", headers={"accept-encoding": "gzip"}).content) for _ in range(8)
    }
    assert len(lengths) > 1
