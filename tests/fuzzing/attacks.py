"""A request with something bad in it, made of an address, its fields, and kinds of bad input."""

import re
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 -- seeded, so that a run can be had again
from urllib.parse import quote, quote_from_bytes

from django.urls import Resolver404

from tests.fuzzing import bad_input
from tests.fuzzing.addresses import Known, names_read, names_read_at

# What the usage feed takes in these tests: without it all that is sent there ends at the door.
FEED_KEY = "feed-key"


@dataclass
class Attack:
    """A request. `route`: whom it is meant for; `kinds`: what is bad in it; `path`: encoded."""

    route: str
    path: str
    method: str = "GET"
    query: bytes = b""
    headers: dict[str, bytes] = field(default_factory=dict)
    cookies: dict[str, bytes] = field(default_factory=dict)
    content_type: str = ""
    body: bytes = b""
    kinds: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        """Return enough of it to see what it was."""
        return (
            f"{self.method} {self.path[:200]}?{self.query[:200]!r} {self.content_type[:80]}"
            f" {self.body[:300]!r} {self.headers} {sorted(self.kinds)}"
        )[:1500]


class Attacker:
    """Makes attacks, the same ones for the same seed."""

    def __init__(self, known: Known, routes: list[str], *, seed: int) -> None:
        self._known = known
        self._routes = routes
        self._random = Random(seed)  # noqa: S311 -- no secret
        self._read = names_read()
        self._own: dict[str, list[str]] = {}
        self._turn = 0

    def next(self) -> Attack:
        """Return the next attack; the routes take turns."""
        route = self._routes[self._turn % len(self._routes)]
        self._turn += 1
        random = self._random
        attack = Attack(route, quote(self._path(route), safe="/:@"))
        if random.random() < 0.5:
            attack.headers["Authorization"] = f"Bearer {FEED_KEY}".encode()
        if random.random() < 0.5:
            self._fill_form(attack)
        for spoil in random.sample(_SPOILS, random.choice((1, 1, 1, 2, 3))):
            spoil(self, attack)
        return attack

    def value(self, attack: Attack) -> bytes:
        """Return a bad value, and note its kind."""
        kind = self._random.choice(list(bad_input.VALUES))
        attack.kinds.add(kind)
        return self._random.choice(bad_input.VALUES[kind])

    def _path(self, route: str) -> str:
        seen = self._known.paths.get(route)
        return self._random.choice(seen) if seen else self._known.path_to(route)

    def _fill_form(self, attack: Attack) -> None:
        forms = self._known.forms.get(attack.route)
        fields = list(self._random.choice(forms).fields) if forms else []
        fields += [(name, "1") for name in self._random.sample(self._read["POST"], 2)]
        pairs = [(name.encode(), value.encode()) for name, value in fields]
        for _ in range(self._random.choice((0, 1, 1, 2))):
            place = self._random.randrange(len(pairs))
            pairs[place] = (pairs[place][0], self.value(attack))
        attack.method, attack.content_type = "POST", bad_input.FORM
        if self._random.random() < 0.15:
            attack.content_type = "multipart/form-data; boundary=limit"
            attack.body = b"".join(_part(name, value) for name, value in pairs) + b"--limit--\r\n"
        else:
            attack.body = _encoded(pairs)

    def _spoil_query(self, attack: Attack) -> None:
        own = {*self._known.queries.get(attack.route, ()), *self._own_names(attack.route)}
        names = sorted(own) * 6 + self._read["GET"]
        chosen = self._random.sample(names, min(len(names), self._random.choice((1, 1, 2))))
        attack.query = _encoded([(name.encode(), self.value(attack)) for name in chosen])

    def _spoil_next(self, attack: Attack) -> None:
        attack.kinds.add("next")
        value = self._random.choice(bad_input.VALUES["next"])
        attack.query = _encoded([(b"next", value)])

    def _own_names(self, route: str) -> list[str]:
        if route not in self._own:
            try:
                self._own[route] = names_read_at(self._known.path_to(route))["GET"]
            except Resolver404:
                self._own[route] = []
        return self._own[route]

    def _spoil_raw_query(self, attack: Attack) -> None:
        attack.kinds.add("raw_query")
        attack.query = self._random.choice(bad_input.QUERIES)

    def _spoil_path(self, attack: Attack) -> None:
        parts = [part for part in attack.path.split("/") if part]
        value = quote_from_bytes(self.value(attack)[:3_000], safe="")
        if not parts:
            attack.path = f"/{value}"
            return
        place = self._random.choice([0, *range(len(parts)), len(parts) - 1])
        parts[place] = self._random.choice((value, parts[place] + value, value))
        attack.path = "/" + "/".join(parts) + ("/" if attack.path.endswith("/") else "")

    def _spoil_body(self, attack: Attack) -> None:
        kind = self._random.choice(list(bad_input.BODIES))
        attack.kinds.add(kind)
        attack.method = "POST"
        attack.content_type, attack.body = bad_input.BODIES[kind](self._random)

    def _spoil_header(self, attack: Attack) -> None:
        name = self._random.choice(bad_input.HEADERS)
        attack.kinds.add("header")
        attack.headers[name] = _header_value(self.value(attack))

    def _spoil_cookie(self, attack: Attack) -> None:
        attack.kinds.add("cookie")
        attack.cookies[self._random.choice(bad_input.COOKIES)] = _header_value(self.value(attack))

    def _spoil_method(self, attack: Attack) -> None:
        attack.kinds.add("method")
        attack.method = self._random.choice(bad_input.METHODS)

    def _spoil_host(self, attack: Attack) -> None:
        attack.kinds.add("host")
        attack.headers["Host"] = self._random.choice(bad_input.HOSTS).encode()


_SPOILS = [
    *[Attacker._spoil_query] * 4,
    *[Attacker._spoil_path] * 3,
    *[Attacker._spoil_body] * 3,
    Attacker._spoil_raw_query,
    Attacker._spoil_next,
    Attacker._spoil_header,
    Attacker._spoil_cookie,
    Attacker._spoil_method,
    Attacker._spoil_host,
]
ALL_KINDS = {
    *bad_input.VALUES,
    *bad_input.BODIES,
    *("raw_query", "header", "cookie", "method", "host"),
}


def _encoded(pairs: list[tuple[bytes, bytes]]) -> bytes:
    return b"&".join(
        f"{quote_from_bytes(name)}={quote_from_bytes(value, safe='')}".encode()
        for name, value in pairs
    )


def _part(name: bytes, value: bytes) -> bytes:
    head = b'--limit\r\nContent-Disposition: form-data; name="%b"\r\n\r\n' % name
    return head + value + b"\r\n"


def _header_value(value: bytes) -> bytes:
    """Return what the HTTP server lets through of a value: no control characters, 2,000 bytes."""
    return re.sub(rb"[\x00-\x1f\x7f]", b"", value)[:2_000]
