"""The work of `limosa bench pages`: the pages of people picked at random, timed in this process."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from limosa.domain.esims.models import Esim
from limosa_lab.benchmarks.timings import (
    Counted,
    Result,
    Visit,
    compare,
    count_statements,
    stranger,
    visit,
)
from limosa_lab.benchmarks.two_databases import small_database
from limosa_lab.seeding.facts import Chance, Size
from limosa_lab.seeding.seed import seed

SMALL = Size(subscribers=100, bundles=1000, orders=200)
SMALL_DATABASE = "limosa_bench_pages"
TURNS = 10
WARM_UP = 10


def measure_pages(*, people: int) -> list[Result]:
    """Time each page for this many people on this database and on one of 100 people.

    Creates the database of 100 beside this one and drops it at the end. Sessions that it creates
    here are deleted.
    """
    large = str(connection.settings_dict["NAME"])
    with small_database(SMALL_DATABASE, _seed_small):
        return compare(
            small=SMALL_DATABASE,
            large=large,
            turns=TURNS,
            visits=lambda turn: _visits(people // TURNS, turn),
        )


def _seed_small() -> None:
    seed(SMALL, now=timezone.now(), report=lambda *_: None)


def _visits(people: int, turn: int) -> Iterator[Visit | Counted]:
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
        client = stranger()
        client.force_login(esim.subscriber)
        for page, path in (("home", "/"), ("renew", f"/esims/{esim.public_id}/renew/")):
            if number == WARM_UP:
                yield count_statements(client, page, path)
            taken = visit(client, page, path)
            if number >= WARM_UP:
                yield taken
        client.session.flush()
