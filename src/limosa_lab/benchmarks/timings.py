"""What the benchmarks of pages share: visits, and what they come to on a small database and on a
large one.

The two take turns, so that other load on the machine affects both alike.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product
from time import perf_counter, process_time
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from limosa_lab.benchmarks.two_databases import in_database

_PLAIN_STATIC_FILES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


class Visit(NamedTuple):
    """One answer. `size`: in bytes, before compression; `what`: what was asked for."""

    page: str
    seconds: float
    cpu_seconds: float
    size: int
    what: str


class Counted(NamedTuple):
    """How many statements a visit of a page took. Counting costs time, so it is no visit."""

    page: str
    statements: int


@dataclass(slots=True)
class Timings:
    """The visits of one page on one database. `statements`: of the visit that counted them."""

    visits: list[Visit] = field(default_factory=list)
    statements: int = 0

    def milliseconds(self, percent: int) -> float:
        """Return a percentile."""
        seconds = [visit.seconds for visit in self.visits]
        return 1000 * statistics.quantiles(seconds, n=100)[percent - 1]

    @property
    def cpu_milliseconds(self) -> float:
        """The median CPU time of this process per visit."""
        return 1000 * statistics.median(visit.cpu_seconds for visit in self.visits)

    @property
    def size(self) -> int:
        """The median size of the page."""
        return int(statistics.median(visit.size for visit in self.visits))

    @property
    def slowest(self) -> Visit:
        """The visit that took longest."""
        return max(self.visits, key=lambda visit: visit.seconds)


@dataclass(frozen=True, slots=True)
class Result:
    """The measurements of one page."""

    page: str
    small: Timings
    large: Timings

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return self.large.milliseconds(50) / self.small.milliseconds(50)


def compare(
    *, small: str, large: str, turns: int, visits: Callable[[int], Iterable[Visit | Counted]]
) -> list[Result]:
    """Return what each page takes on two databases of the server at hand.

    `visits`: makes those of a turn, given by its number, on the database that is then in use.
    """
    found: dict[str, dict[str, Timings]] = defaultdict(lambda: defaultdict(Timings))
    with override_settings(STORAGES=_PLAIN_STATIC_FILES, WHITENOISE_AUTOREFRESH=True):
        for turn, name in product(range(turns), (small, large)):
            with in_database(name):
                for visit in visits(turn):
                    timings = found[visit.page][name]
                    if isinstance(visit, Counted):
                        timings.statements = max(timings.statements, visit.statements)
                    else:
                        timings.visits.append(visit)
    return [Result(page, by_name[small], by_name[large]) for page, by_name in found.items()]


def stranger() -> Client:
    """Return somebody who has not signed in."""
    return Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])


def visit(client: Client, page: str, path: str, asked: dict[str, Any] | None = None) -> Visit:
    """Visit a page. Raises RuntimeError if it does not answer with 200."""
    began, cpu_began = perf_counter(), process_time()
    response = client.get(path, asked, secure=settings.IS_SECURE)
    seconds, cpu_seconds = perf_counter() - began, process_time() - cpu_began
    what = path if asked is None else ", ".join(map(str, asked.values()))
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code} to {what!r}")
    return Visit(page, seconds, cpu_seconds, len(response.content), what)


def count_statements(client: Client, page: str, path: str) -> Counted:
    """Visit a page, and count the statements that it takes."""
    with CaptureQueriesContext(connection) as queries:
        client.get(path, secure=settings.IS_SECURE)
    return Counted(page, len(queries))
