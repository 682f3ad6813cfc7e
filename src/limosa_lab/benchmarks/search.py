"""The work of `limosa bench search`: what people type, searched for in this process."""

import itertools
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from limosa.config.demo_data import load_reference
from limosa.domain.search.operations.rebuild_index import rebuild_index
from limosa_lab.benchmarks.pages import PLAIN_STATIC_FILES
from limosa_lab.benchmarks.two_databases import in_database, small_database

SMALL_DATABASE = "limosa_bench_search"
TURNS = 5
WARM_UP = 5
# Places that many plans reach, and that few do; all plans; several places; guesses; nonsense.
TYPED = (
    "usa", "meiguo", "xwy", "las vegas", "at&t", "unlimited usa", "无限流量 美国", "Jpan", "jap",
    "europe", "ouzhou 30天", "us + canada + mexico", "日韩", "france germany italy spain",
    "unlimited", "5g", "10gb", "30 days", "albania", "tuvalu", "worldwide unlimited 10gb",
    "brunei + chad + fiji + iceland", "u", "mei", "qwertzuiop", "plan de datos para españa",
    "carrier 7", "uzbekstan", "southeast asia 7 days 5gb", "zimbabwe + tonga",
)  # fmt: skip


@dataclass(slots=True)
class Timings:
    """The measurements of one page on one database."""

    seconds: list[float] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    def add(self, seconds: float, typed: str) -> None:
        """Add a measurement."""
        self.seconds.append(seconds)
        self.slowest = max(self.slowest, (seconds, typed))

    def milliseconds(self, percent: int) -> float:
        """Return a percentile."""
        return 1000 * statistics.quantiles(self.seconds, n=100)[percent - 1]


@dataclass(frozen=True, slots=True)
class Result:
    """The measurements of a page, with the shipped plans and with those of this database."""

    page: str
    small: Timings
    large: Timings

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return self.large.milliseconds(50) / self.small.milliseconds(50)


def measure_search(*, rounds: int) -> list[Result]:
    """Time the search page and its suggestions on this database, and on one with the plans that
    ship, which it creates beside this one and drops at the end."""
    large = str(connection.settings_dict["NAME"])
    timings = {
        (page, name): Timings()
        for page in ("search", "suggestions")
        for name in (SMALL_DATABASE, large)
    }
    plain = override_settings(STORAGES=PLAIN_STATIC_FILES, WHITENOISE_AUTOREFRESH=True)
    with small_database(SMALL_DATABASE, _load_shipped), plain:
        for _, name in itertools.product(range(TURNS), (SMALL_DATABASE, large)):
            with in_database(name):
                for page, seconds, typed in _searches(-(-rounds // TURNS)):
                    timings[page, name].add(seconds, typed)
    return [
        Result(page, timings[page, SMALL_DATABASE], timings[page, large])
        for page in ("search", "suggestions")
    ]


def _load_shipped() -> None:
    load_reference(now=timezone.now())
    rebuild_index(now=timezone.now())


def _searches(rounds: int) -> Iterator[tuple[str, float, str]]:
    """Search for everything some times; the first few searches warm up the process and don't
    count."""
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
    paths = {"search": "/search/", "suggestions": "/search/suggestions/"}
    for typed in TYPED[:WARM_UP]:
        client.get(paths["search"], {"q": typed}, secure=settings.IS_SECURE)
    for _, typed, (page, path) in itertools.product(range(rounds), TYPED, paths.items()):
        began = perf_counter()
        response = client.get(path, {"q": typed}, secure=settings.IS_SECURE)
        seconds = perf_counter() - began
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code} to {typed!r}")
        yield page, seconds, typed
