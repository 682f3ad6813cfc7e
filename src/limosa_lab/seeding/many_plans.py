"""A catalogue of any size, spread over countries and carriers, to measure lists of plans on."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from limosa.domain.catalog.models import Carrier, Plan, PlanKind, Price, Supplier
from limosa.domain.coverage.engine.facts import Origin, PlanNetwork, digest_of, written
from limosa.domain.coverage.models import NetworkSet, StatedFacts
from limosa.domain.coverage.queries import countries
from limosa.foundation.volume import GB
from limosa_lab.seeding.facts import Chance

COUNTRIES = 200
SUPPLIER = "own_network"
CURRENCIES = {"USD": 100, "CNY": 714, "EUR": 90}
_GIGABYTES = (1, 2, 3, 5, 10, 15, 20, 30, 50, 100)
_VALIDITIES = ((3, "day"), (7, "day"), (15, "day"), (1, "month"), (3, "month"), (12, "month"))
_REGION_SIZE = 12
_PER_STATEMENT = 2_000


@transaction.atomic
def seed_plans(count: int, *, now: datetime) -> None:
    """Add plans on sale: an eighth unlimited, a twentieth for several countries, each with prices
    in three currencies; every country has a carrier, of whose plans networks and facts are known.

    The same count gives the same plans. Nobody else may have plans of these codes.
    """
    codes = [country.code for country in countries()][:COUNTRIES]
    Supplier.objects.get_or_create(code=SUPPLIER, defaults={"name": "Own network"})
    Carrier.objects.bulk_create(
        [Carrier(code=_carrier(code), name=f"Carrier {code}") for code in codes]
    )
    chance = Chance(seed=1)
    plans = [_plan(number, codes, chance) for number in range(count)]
    Plan.objects.bulk_create(plans, batch_size=_PER_STATEMENT)
    Price.objects.bulk_create(_prices(plans, chance), batch_size=_PER_STATEMENT)
    _state_facts(codes, now=now)


def analyze() -> None:
    """Have the planner know what was added."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _carrier(country: str) -> str:
    return f"carrier-{country.lower()}"


def _plan(number: int, codes: list[str], chance: Chance) -> Plan:
    first = number % len(codes)
    size = _REGION_SIZE if number % 20 == 7 else 1
    count, unit = _VALIDITIES[chance.of(2, number, len(_VALIDITIES))]
    gigabytes = _GIGABYTES[chance.of(3, number, len(_GIGABYTES))]
    is_unlimited = number % 8 == 3
    return Plan(
        code=f"many-{number}",
        supplier_id=SUPPLIER,
        carrier_id=_carrier(codes[first]),
        kind=PlanKind.UNLIMITED if is_unlimited else PlanKind.VOLUME,
        name={"en": f"{count} {unit}, {gigabytes} GB", "zh-hans": f"{count} {unit} {gigabytes} GB"},
        volume_bytes=None if is_unlimited else gigabytes * GB,
        fair_use_bytes=gigabytes * GB if is_unlimited else None,
        fair_use_kbps=512 if is_unlimited else None,
        validity_count=count,
        validity_unit=unit,
        countries=[codes[(first + step) % len(codes)] for step in range(size)],
        position=number % 30_000,
    )


def _prices(plans: list[Plan], chance: Chance) -> Iterator[Price]:
    for number, plan in enumerate(plans):
        dollars = 3 + chance.of(4, number, 150)
        for currency, factor in CURRENCIES.items():
            yield Price(plan=plan, currency=currency, amount_minor=dollars * factor)


def _state_facts(codes: list[str], *, now: datetime) -> None:
    for number, code in enumerate(codes):
        generation = "5G" if number % 3 else "4G"
        text = written({code: (PlanNetwork(f"Network {code}", generation),)})
        networks, _is_new = NetworkSet.objects.get_or_create(
            digest=digest_of(text), defaults={"networks": text}
        )
        StatedFacts.objects.create(
            origin=Origin.CARRIER_FILE,
            code=_carrier(code),
            tethering=number % 4 != 0,
            has_number=number % 10 == 0,
            networks=networks,
            stated_at=now,
        )
