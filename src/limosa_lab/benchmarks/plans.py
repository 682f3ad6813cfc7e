"""The work of `limosa bench plans`: the pages of plans on a large catalogue and on a small one.

Two databases on the same server take turns, so that other load on the machine affects both alike.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from time import perf_counter

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa_lab.benchmarks.two_databases import in_database
from limosa_lab.seeding.many_plans import analyze, seed_plans

SMALL_PLANS = 30
_DATABASES = ("limosa_bench_few", "limosa_bench_many")
_WARM_UP = 5
_PLAIN_STATIC_FILES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# {code} is a plan's that both catalogues have, {country} where it can be used,
# {place} the same in the address of its page.
PAGES = {
    "list": "/plans/",
    "by GB": "/plans/?order=gb",
    "of a country": "/plans/?country={country}&days=7",
    "of a carrier": "/plans/?carrier={carrier}",
    "plan": "/plans/{code}/",
    "coverage": "/coverage/{place}/",
    "advice": "/advice/?country={country}&days=10&use=social",
    "compare": "/plans/compare/?plans={code},many-1,many-2,many-4",
}


@dataclass(slots=True)
class PageTimes:
    """One page: milliseconds on the small catalogue and on the large one."""

    page: str
    small: list[float] = field(default_factory=list)
    large: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return statistics.median(self.large) / statistics.median(self.small)


def measure_plans(*, plans: int, visits: int) -> list[PageTimes]:
    """Time each page on catalogues of SMALL_PLANS and of `plans`, in databases of its own."""
    for name, count in zip(_DATABASES, (SMALL_PLANS, plans), strict=True):
        _make(name, count)
    times = {page: PageTimes(page) for page in PAGES}
    plain = override_settings(STORAGES=_PLAIN_STATIC_FILES, WHITENOISE_AUTOREFRESH=True)
    with plain:
        for turn, name in product(range(4), _DATABASES):
            with in_database(name):
                for page, milliseconds in _visits(visits // 4, turn):
                    found = times[page]
                    (found.small if name == _DATABASES[0] else found.large).append(milliseconds)
    return list(times.values())


def _make(name: str, plans: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    with in_database(name):
        call_command("migrate", interactive=False, verbosity=0)
        seed_plans(plans, now=timezone.now())
        analyze()


def _visits(count: int, turn: int) -> Iterator[tuple[str, float]]:
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
    for number in range(count + _WARM_UP):
        for page, address in PAGES.items():
            path = _path(address, turn * count + number)
            began = perf_counter()
            answer = client.get(path, secure=settings.IS_SECURE)
            taken = 1000 * (perf_counter() - began)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")
            if number >= _WARM_UP:
                yield page, taken


def _path(address: str, number: int) -> str:
    """Return a page of a plan that both catalogues have."""
    plan = Plan.objects.get(code=f"many-{number % SMALL_PLANS}")
    country = plan.countries[0]
    return address.format(
        code=plan.code, country=country, place=country.lower(), carrier=plan.carrier_id
    )
