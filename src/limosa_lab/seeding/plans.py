"""A large catalogue: made-up plans in 200 countries, beside what is sold already."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from limosa.config.demo_data import load_reference
from limosa.domain.catalog.models import Carrier, Plan, PlanKind, Price
from limosa.domain.coverage.engine.facts import Origin, PlanNetwork, digest_of, written
from limosa.domain.coverage.models import NetworkSet, StatedFacts
from limosa.domain.coverage.queries import countries
from limosa.domain.search.engine.ranking import popularity
from limosa.domain.search.operations.rebuild_index import rebuild_index
from limosa.foundation.volume import GB
from limosa_lab.seeding.bulk_load import Report, TablesNotEmptyError
from limosa_lab.seeding.facts import Chance

COUNTRIES = 200
CARRIERS = 60
PREFIX = "seed-"
_SUPPLIER = "own_network"
_ROWS_PER_STATEMENT = 1_000
_DAYS = (1, 3, 5, 7, 10, 15, 30, 60, 90, 180, 360)
_SIZES_GB = (1, 2, 3, 5, 10, 15, 20, 30, 50, 100)
# Of a hundred plans: for one country, for a few beside each other, for a hundred.
_LOCAL_PERCENT, _REGIONAL_PERCENT, _UNLIMITED_PERCENT = 70, 25, 25
_REGIONAL_COUNTRIES_MAX, _GLOBAL_COUNTRIES = 40, 120
# Minor units for one cent of a dollar, roughly.
_CURRENCIES = {"USD": 1.0, "CNY": 7.2, "EUR": 0.9, "HKD": 7.8}


def seed_plans(
    count: int,
    *,
    seed: int,
    now: datetime,
    report: Report,
    places: int = COUNTRIES,
    carriers: int = CARRIERS,
) -> None:
    """Add plans to the catalogue, the same for the same numbers, with what is known of the networks
    that their carriers use, and bring the index up to date.

    Raises: TablesNotEmptyError if such plans are there already; nothing changed.
    """
    if Plan.objects.filter(code__startswith=PREFIX).exists():
        raise TablesNotEmptyError("catalog_plan")
    load_reference(now=now)
    Carrier.objects.bulk_create(
        Carrier(code=f"{PREFIX}{number}", name=f"Carrier {number}") for number in range(carriers)
    )
    codes = sorted(
        (country.code for country in countries()), key=lambda code: (popularity((code,)), code)
    )[:places]
    _state_facts(codes, carriers, now=now)
    chance = Chance(seed)
    for first in range(0, count, _ROWS_PER_STATEMENT):
        numbers = range(first, min(first + _ROWS_PER_STATEMENT, count))
        plans = [_plan(number, codes, carriers, chance) for number in numbers]
        Plan.objects.bulk_create(plans)
        Price.objects.bulk_create(price for number in numbers for price in _prices(number, chance))
        report("catalog_plan", "plans", numbers.stop, count)
    rebuild_index(now=now)
    report("search index", "built", 1, 1)


def is_for_one_country(number: int, *, seed: int) -> bool:
    """Return whether the plan of this number is for one country, however many there are."""
    return Chance(seed).of(5, number, 100) < _LOCAL_PERCENT


def _state_facts(codes: Sequence[str], carriers: int, *, now: datetime) -> None:
    """State that every carrier uses one network in each country, 5G in two of three."""
    text = written(
        {
            code: (PlanNetwork(f"Network {code}", "5G" if number % 3 else "4G"),)
            for number, code in enumerate(codes)
        }
    )
    networks, _is_new = NetworkSet.objects.get_or_create(
        digest=digest_of(text), defaults={"networks": text}
    )
    StatedFacts.objects.bulk_create(
        StatedFacts(
            origin=Origin.CARRIER_FILE,
            code=f"{PREFIX}{number}",
            tethering=number % 4 != 0,
            has_number=number % 10 == 0,
            networks=networks,
            stated_at=now,
        )
        for number in range(carriers)
    )


def _plan(number: int, codes: Sequence[str], carriers: int, chance: Chance) -> Plan:
    days = _DAYS[chance.of(1, number, len(_DAYS))]
    gigabytes = _SIZES_GB[chance.of(2, number, len(_SIZES_GB))]
    is_unlimited = chance.of(3, number, 100) < _UNLIMITED_PERCENT
    volume = {"fair_use_bytes": gigabytes * GB, "fair_use_kbps": 1_000}
    size = "unlimited" if is_unlimited else f"{gigabytes} GB"
    return Plan(
        code=f"{PREFIX}{number}",
        supplier_id=_SUPPLIER,
        carrier_id=f"{PREFIX}{chance.of(4, number, carriers)}",
        kind=PlanKind.UNLIMITED if is_unlimited else PlanKind.VOLUME,
        name={"en": f"{days} days · {size}", "zh-hans": f"{days} 天 · {size}"},
        validity_count=days,
        validity_unit="day",
        countries=_countries(number, codes, chance),
        position=min(100 + number, 32_767),
        **(volume if is_unlimited else {"volume_bytes": gigabytes * GB}),
    )


def _countries(number: int, codes: Sequence[str], chance: Chance) -> list[str]:
    kind, start = chance.of(5, number, 100), chance.of(6, number, len(codes))
    if kind < _LOCAL_PERCENT:
        count = 1
    elif kind < _LOCAL_PERCENT + _REGIONAL_PERCENT:
        count = 2 + chance.of(7, number, _REGIONAL_COUNTRIES_MAX - 1)
    else:
        count = _GLOBAL_COUNTRIES
    return sorted({codes[(start + step) % len(codes)] for step in range(count)})


def _prices(number: int, chance: Chance) -> Iterator[Price]:
    cents = 100 + 10 * chance.of(8, number, 1_500)
    for currency, units in _CURRENCIES.items():
        yield Price(
            plan_id=f"{PREFIX}{number}", currency=currency, amount_minor=round(cents * units)
        )
