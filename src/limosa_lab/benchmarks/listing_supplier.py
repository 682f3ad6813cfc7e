"""A supplier on the loopback interface that lists its plans over HTTP, and its adapter.

Both are only as real as the measurement needs: pages of JSON in, plans in our units out.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from typing import Any
from urllib.parse import parse_qs, urlsplit

from limosa.domain.connectivity.answers import Activation, PlanPage, PlanUse, SupplierPlan
from limosa.domain.connectivity.capabilities import Capabilities
from limosa.domain.http.messages import MessageLine
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from limosa.foundation.volume import GB

CODE = "listing"
PATH = f"{__name__}.ListingSupplier"
ADDRESS = "LIMOSA_BENCH_SUPPLIER"
PAGE = 100
PLANTED = 50
_PAGE_BYTES_MAX = 1 << 20
_COUNTRIES = "US CA MX GB FR DE ES IT JP KR TH VN SG MY AU NZ BR AR ZA TR"


def plan_of(number: int) -> dict[str, Any]:
    """Return a plan as it is listed at first."""
    return {
        "code": f"plan-{number:06d}",
        "name": f"Travel data {number}",
        "price": f"{3 + number % 97}.{number % 100:02d}",
        "gigabytes": 1 + number % 20,
        "days": (1, 3, 7, 15, 30)[number % 5],
        "countries": [_COUNTRIES.split()[(number + step) % 20] for step in range(1 + number % 7)],
        "speed": "5G" if number % 3 else "4G",
    }


def planted(plans: list[dict[str, Any]]) -> dict[str, str]:
    """Change a list in 50 places, spread over it; return the kind of each change, by code."""
    expected: dict[str, str] = {}
    step = len(plans) // PLANTED
    for place in range(PLANTED):
        plan = plans[place * step + 7]
        kind = ("gone", "dearer", "cheaper", "other", "new")[place % 5]
        dollars, cents = plan["price"].split(".")
        if kind == "dearer":
            plan["price"] = f"{int(dollars) + 1}.{cents}"
        elif kind == "cheaper":
            plan["price"] = f"{int(dollars) - 1}.{cents}"
        elif kind == "other":
            name = ("days", "gigabytes", "speed")[place // 5 % 3]
            plan[name] = "3G" if name == "speed" else plan[name] + 1
        elif kind == "new":
            plan = {**plan, "code": f"new-{place}"}
            plans.append(plan)
        expected[plan["code"]] = kind
    gone = {code for code, kind in expected.items() if kind == "gone"}
    plans[:] = [plan for plan in plans if plan["code"] not in gone]
    return expected


@contextmanager
def listing_server(plans: int) -> Iterator[str]:
    """Serve the list in a process of its own; yield its URL. `?planted=1`: with the changes."""
    context = get_context("spawn")
    ports = context.Queue()
    process = context.Process(target=_serve, args=(plans, ports), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ports.get(timeout=60)}"
    finally:
        process.terminate()
        process.join()


def _serve(number: int, ports: Any) -> None:
    before = [plan_of(one) for one in range(number)]
    after = [plan_of(one) for one in range(number)]
    planted(after)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20  # One packet after another, without waiting for an acknowledgement.

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            plans = after if "planted" in query else before
            first = int(query.get("from", ["0"])[0])
            page = {"total": len(plans), "plans": plans[first : first + PAGE]}
            body = json.dumps(page).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ports.put(server.server_port)
    server.serve_forever()


class ListingSupplier:
    """The adapter, as far as lists go. Its URL is in the environment."""

    capabilities = Capabilities(lists_plans=True, calls_per_minute=60_000)

    def __init__(self) -> None:
        self._line = MessageLine()

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Return a page of the list."""
        first = int(page or 0)
        url = f"{os.environ[ADDRESS]}&from={first}"
        reply = self._line.ask("GET", url, headers={}, bytes_max=_PAGE_BYTES_MAX)
        if reply.status != 200:
            raise ProviderError(f"status {reply.status}", retryable=True)
        said = json.loads(reply.body)
        more = first + PAGE < said["total"]
        return PlanPage(
            plans=tuple(_plan(one) for one in said["plans"]),
            next_page=str(first + PAGE) if more else "",
            total=said["total"],
        )


def _plan(said: dict[str, Any]) -> SupplierPlan:
    dollars, cents = said["price"].split(".")
    return SupplierPlan(
        code=said["code"],
        name=said["name"],
        use=PlanUse.EITHER,
        cost=Money(int(dollars) * 100 + int(cents), "USD"),
        volume_bytes=said["gigabytes"] * GB,
        days=said["days"],
        countries=tuple(said["countries"]),
        activation=Activation.FIRST_USE,
        rules={"speed": said["speed"]},
    )
