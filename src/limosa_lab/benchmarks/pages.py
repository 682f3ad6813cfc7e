"""The work of `limosa bench pages`: the pages of people picked at random, timed in this process.

Two databases on the same server take turns, so that other load on the machine affects both alike.
"""

import itertools
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter, process_time

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from limosa.domain.esims.models import Esim
from limosa_lab.benchmarks.two_databases import in_database, small_database
from limosa_lab.seeding.facts import Chance, Size
from limosa_lab.seeding.seed import seed

SMALL = Size(subscribers=100, bundles=1000, orders=200)
SMALL_DATABASE = "limosa_bench_pages"
TURNS = 10
WARM_UP = 10
PLAIN_STATIC_FILES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@dataclass(slots=True)
class Timings:
    """The measurements of one page on one database."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    statements: int = 0

    def add(self, others: "Timings") -> None:
        """Add other measurements."""
        self.seconds += others.seconds
        self.cpu_seconds += others.cpu_seconds
        self.sizes += others.sizes
        self.statements = max(self.statements, others.statements)

    @property
    def cpu_milliseconds(self) -> float:
        """The median CPU time of this process per visit."""
        return 1000 * statistics.median(self.cpu_seconds)

    @property
    def size(self) -> int:
        """The median size of the page in bytes, before compression."""
        return int(statistics.median(self.sizes))

    def milliseconds(self, percent: int) -> float:
        """Return a percentile."""
        return 1000 * statistics.quantiles(self.seconds, n=100)[percent - 1]


@dataclass(frozen=True, slots=True)
class Result:
    """The measurements of one page: on 100 people, and on this database."""

    page: str
    small: Timings
    large: Timings

    @property
    def ratio(self) -> float:
        """The ratio of the medians: with all the people, to with 100."""
        return self.large.milliseconds(50) / self.small.milliseconds(50)


def measure_pages(*, people: int) -> list[Result]:
    """Time each page for this many people on this database and on one of 100 people.

    Creates the database of 100 beside this one and drops it at the end. Sessions that it creates
    here are deleted.
    """
    large = str(connection.settings_dict["NAME"])
    timings: dict[str, dict[str, Timings]] = defaultdict(lambda: defaultdict(Timings))
    plain = override_settings(STORAGES=PLAIN_STATIC_FILES, WHITENOISE_AUTOREFRESH=True)
    with small_database(SMALL_DATABASE, _seed_small), plain:
        for turn, database in itertools.product(range(TURNS), (SMALL_DATABASE, large)):
            with in_database(database):
                for page, taken in _visits(people // TURNS, turn):
                    timings[page][database].add(taken)
    return [
        Result(page, by_database[SMALL_DATABASE], by_database[large])
        for page, by_database in timings.items()
    ]


def _seed_small() -> None:
    seed(SMALL, now=timezone.now(), report=lambda *_: None)


def _visits(people: int, turn: int) -> Iterator[tuple[str, Timings]]:
    """Visit as people picked at random; the first few visits warm up the process and don't
    count."""
    highest = Esim.objects.aggregate(highest=Max("id"))["highest"]
    chance = Chance(seed=turn + 1)
    for number in range(people + WARM_UP):
        start = 1 + chance.of(1, number, highest)
        esim = (
            Esim.objects.filter(id__gte=start).order_by("id").select_related("subscriber").first()
        )
        if esim is None:
            continue
        client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
        client.force_login(esim.subscriber)
        for page, path in (("home", "/"), ("renew", f"/esims/{esim.public_id}/renew/")):
            taken = _visit(client, path, count=number == WARM_UP)
            if number >= WARM_UP:
                yield page, taken
        client.session.flush()


def _visit(client: Client, path: str, *, count: bool) -> Timings:
    statements = 0
    if count:  # Counting costs time, so it gets a visit of its own.
        with CaptureQueriesContext(connection) as queries:
            client.get(path, secure=settings.IS_SECURE)
        statements = len(queries)
    began, cpu_began = perf_counter(), process_time()
    response = client.get(path, secure=settings.IS_SECURE)
    seconds, cpu_seconds = perf_counter() - began, process_time() - cpu_began
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return Timings([seconds], [cpu_seconds], [len(response.content)], statements)
