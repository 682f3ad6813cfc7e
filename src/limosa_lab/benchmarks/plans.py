"""The work of `limosa bench plans`: the pages of plans on a large catalogue and on a small one.

A page has as many rows on both, so that only what is behind it differs: the small catalogue has its
plans in one country and with one carrier, and the plans that are visited are for one country.
"""

from collections.abc import Iterator

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa_lab.benchmarks.timings import Result, Visit, compare, stranger, visit
from limosa_lab.benchmarks.two_databases import in_database
from limosa_lab.seeding.plans import PREFIX, is_for_one_country, seed_plans

SMALL_PLANS = 30
TURNS = 4
_SMALL, _LARGE = "limosa_bench_few", "limosa_bench_many"
_WARM_UP = 5
_SEED = 1
# {code} is that of a plan that both catalogues have, {country} where it can be used, {place} the
# same in the address of its page.
PAGES = {
    "list": "/plans/",
    "by GB": "/plans/?order=gb",
    "of a country": "/plans/?country={country}&days=7",
    "of a carrier": "/plans/?carrier={carrier}",
    "plan": "/plans/{code}/",
    "coverage": "/coverage/{place}/",
    "advice": "/advice/?country={country}&days=10&use=social",
    "compare": "/plans/compare/?plans={compared}",
}
_COMPARED = 4


def measure_plans(*, plans: int, visits: int) -> list[Result]:
    """Time each page on catalogues of SMALL_PLANS and of `plans`, in databases of its own."""
    _make(_SMALL, SMALL_PLANS, places=1, carriers=1)
    _make(_LARGE, plans)
    return compare(
        small=_SMALL,
        large=_LARGE,
        turns=TURNS,
        visits=lambda turn: _visits(visits // TURNS, turn),
    )


def _make(name: str, plans: int, **size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    with in_database(name):
        call_command("migrate", interactive=False, verbosity=0)
        seed_plans(plans, seed=_SEED, now=timezone.now(), report=lambda *_: None, **size)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _visits(count: int, turn: int) -> Iterator[Visit]:
    client, codes = stranger(), _codes()
    for number in range(count + _WARM_UP):
        first = turn * count + number
        for page, address in PAGES.items():
            taken = visit(client, page, _path(address, codes, first))
            if number >= _WARM_UP:
                yield taken


def _codes() -> list[str]:
    local = (one for one in range(SMALL_PLANS) if is_for_one_country(one, seed=_SEED))
    return [f"{PREFIX}{number}" for number in local]


def _path(address: str, codes: list[str], first: int) -> str:
    compared = [codes[(first + step) % len(codes)] for step in range(_COMPARED)]
    plan = Plan.objects.get(code=compared[0])
    return address.format(
        code=plan.code,
        country=plan.countries[0],
        place=plan.countries[0].lower(),
        carrier=plan.carrier_id,
        compared=",".join(compared),
    )
