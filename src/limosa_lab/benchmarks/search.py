"""The work of `limosa bench search`: what people type, searched for in this process."""

from collections.abc import Iterator
from itertools import product

from django.db import connection
from django.utils import timezone

from limosa.config.demo_data import load_reference
from limosa.domain.search.operations.rebuild_index import rebuild_index
from limosa_lab.benchmarks.timings import Result, Visit, compare, stranger, visit
from limosa_lab.benchmarks.two_databases import small_database

SMALL_DATABASE = "limosa_bench_search"
TURNS = 5
WARM_UP = 5
PATHS = {"search": "/search/", "suggestions": "/search/suggestions/"}
# Places that many plans reach, and that few do; all plans; several places; guesses; nonsense.
TYPED = (
    "usa", "meiguo", "xwy", "las vegas", "at&t", "unlimited usa", "无限流量 美国", "Jpan", "jap",
    "europe", "ouzhou 30天", "us + canada + mexico", "日韩", "france germany italy spain",
    "unlimited", "5g", "10gb", "30 days", "albania", "tuvalu", "worldwide unlimited 10gb",
    "brunei + chad + fiji + iceland", "u", "mei", "qwertzuiop", "plan de datos para españa",
    "carrier 7", "uzbekstan", "southeast asia 7 days 5gb", "zimbabwe + tonga",
)  # fmt: skip


def measure_search(*, rounds: int) -> list[Result]:
    """Time the search page and its suggestions on this database, and on one with the plans that
    ship, which it creates beside this one and drops at the end."""
    large = str(connection.settings_dict["NAME"])
    with small_database(SMALL_DATABASE, _load_shipped):
        return compare(
            small=SMALL_DATABASE,
            large=large,
            turns=TURNS,
            visits=lambda _turn: _searches(-(-rounds // TURNS)),
        )


def _load_shipped() -> None:
    load_reference(now=timezone.now())
    rebuild_index(now=timezone.now())


def _searches(rounds: int) -> Iterator[Visit]:
    """Search for everything some times; the first few searches warm up the process and don't
    count."""
    client = stranger()
    for typed in TYPED[:WARM_UP]:
        visit(client, "search", PATHS["search"], {"q": typed})
    for _, typed, (page, path) in product(range(rounds), TYPED, PATHS.items()):
        yield visit(client, page, path, {"q": typed})
