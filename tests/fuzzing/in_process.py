"""Sends attacks to the pages and to our own addresses in this process.

Whatever a request changed is taken back after it.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from random import Random  # noqa: TID251 -- seeded, so that a run can be had again
from urllib.parse import quote_from_bytes, unquote_to_bytes

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from limosa.web.content_type import plain_type
from tests.fakes.supplier import SIGNATURE
from tests.fuzzing.addresses import Known, explore, names_read_at
from tests.fuzzing.attacks import FEED_KEY, Attack, Attacker
from tests.fuzzing.bad_input import BODIES, VALUES
from tests.fuzzing.record import Record
from tests.fuzzing.world import World
from tests.machines import Machines


def explored(world: World) -> Known:
    """Return what the pages lead to, as seen by the staff and by nobody."""
    client = Client(raise_request_exception=False)

    def get(path: str) -> str:
        answer = client.get(path)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        return answer.content.decode() if is_page and not answer.streaming else ""

    client.cookies[settings.SESSION_COOKIE_NAME] = world.cookies()["staff"]
    assert get("/console/"), "the staff do not reach the console: all behind it would go unasked"
    known = explore(get, start=world.start)
    client.cookies.clear()
    stranger = explore(get, start=["/", "/accounts/login/"])
    for route, forms in stranger.forms.items():
        known.forms[route] += forms
    for route, paths in stranger.paths.items():
        known.paths[route] += paths
    return known


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what is done in the block.

    A savepoint and no block of a transaction: what insists on being the outermost one would see
    that, and does not see the test's own.
    """
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
        transaction.set_rollback(False)


def run(world: World, machines: Machines, *, routes: list[str], count: int, seed: int) -> Record:
    """Send `count` attacks and return what they did; its seconds are those of the processor."""
    known = explored(world)
    known.values |= {"provider": list(settings.PAYMENT_PROVIDERS), "supplier": ["own_network"]}
    attacker = Attacker(known, routes, seed=seed)
    record = Record(seed, routes)
    cookies = world.cookies()
    for number in range(count):
        attack = attacker.next()
        who = ("staff", "staff", "staff", "person", "nobody")[number % 5]
        _send(attack, cookies[who], record, machines)
    return record


def run_far(world: World, *, routes: list[str]) -> Record:
    """Ask each list for every far date as the place to go on from."""
    known = explored(world)
    record = Record(0, routes)
    session = world.cookies()["staff"]
    for route in routes:
        if _goes_on(known, route):
            for value in VALUES["far_date"]:
                query = f"before={quote_from_bytes(value, safe='')}".encode()
                attack = Attack(route, known.path_to(route), query=query, kinds={"far_date"})
                _send(attack, session, record)
    return record


def run_bodies(machines: Machines, *, routes: list[str], count: int, seed: int) -> Record:
    """Send so many odd bodies to each of our own addresses, by somebody it lets in."""
    known = Known(values=defaultdict(list, supplier=["own_network"]))
    record, random = Record(seed, routes), Random(seed)  # noqa: S311 -- no secret
    proofs = {"Authorization": f"Bearer {FEED_KEY}".encode(), "Fake-Signature": SIGNATURE.encode()}
    for route in routes:
        for _ in range(count):
            content_type, body = BODIES["odd_json"](random)
            attack = Attack(route, known.path_to(route), "POST", headers=dict(proofs))
            attack.content_type, attack.body = content_type, body
            _send(attack, "", record, machines)
    return record


def _goes_on(known: Known, route: str) -> bool:
    """Whether a page goes on from where the page before ended."""
    try:
        read = names_read_at(known.path_to(route))["GET"]
    except Resolver404:
        read = []
    return "before" in {*read, *known.queries.get(route, ())}


def _send(attack: Attack, session: str, record: Record, machines: Machines | None = None) -> None:
    path = unquote_to_bytes(attack.path).decode(errors="replace")
    route = machines.route_of(path) if machines else None
    began = time.process_time()  # Of this process: what others do on the machine is not counted.
    with taken_back():
        if machines and route:
            status = _ask_machine(machines, attack, path)
        else:
            status, route = _ask_page(attack, session)
    seconds = time.process_time() - began
    record.note(attack, route=route, status=status, seconds=seconds)


def _ask_machine(machines: Machines, attack: Attack, path: str) -> int:
    headers = {**attack.headers, "content-type": attack.content_type.encode()}
    answer = machines.ask(attack.method, path, attack.body, query=attack.query, headers=headers)
    return answer.status_code


def _ask_page(attack: Attack, session: str) -> tuple[int, str | None]:
    client = Client(raise_request_exception=False)
    cache.clear()  # Limits on attempts would hide what is behind them.
    environ = plain_type(_environ(attack, session))  # As config/wsgi.py does.
    answer = client.request(**environ)
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return answer.status_code, _route(environ)


def _route(environ: dict[str, object]) -> str | None:
    path = str(environ["PATH_INFO"]).encode("latin-1").decode(errors="replace")
    try:
        return str(resolve(path).route)
    except Resolver404:
        return None


def _environ(attack: Attack, session: str) -> dict[str, object]:
    cookies = {settings.SESSION_COOKIE_NAME: session.encode()} if session else {}
    cookies |= attack.cookies
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in attack.headers.items()
    }
    if cookies and "HTTP_COOKIE" not in headers:
        headers["HTTP_COOKIE"] = b"; ".join(b"%b=%b" % (k.encode(), v) for k, v in cookies.items())
    return {
        **{name: value.decode("latin-1") for name, value in headers.items()},
        "REQUEST_METHOD": attack.method,
        "PATH_INFO": unquote_to_bytes(attack.path).decode("latin-1"),
        "QUERY_STRING": attack.query.decode("latin-1"),
        "CONTENT_TYPE": attack.content_type.encode().decode("latin-1"),
        "CONTENT_LENGTH": str(len(attack.body)),
        "wsgi.input": BytesIO(attack.body),
    }
