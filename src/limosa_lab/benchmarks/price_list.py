"""`limosa bench sync`: a cluster, a supplier with a long list, and a measured process."""

import multiprocessing
import os
import resource
from time import monotonic
from typing import Any

import django

from limosa.config.progress import ProgressBar
from limosa_lab.benchmarks.cluster import measured_cluster
from limosa_lab.benchmarks.listing_supplier import (
    ADDRESS,
    CODE,
    PATH,
    listing_server,
    plan_of,
    planted,
)

FIRST_SECONDS_MAX = 60
AGAIN_SECONDS_MAX = 10
MEGABYTES_MAX = 500
TARGET = (
    f"target: 20,000 plans in less than {FIRST_SECONDS_MAX} s and {MEGABYTES_MAX} MB, again in "
    f"less than {AGAIN_SECONDS_MAX} s, and every planted difference found"
)


def measure_sync(*, plans: int, on_sale: int) -> bool:
    """Print the measurements; return whether all of them are within the target."""
    with measured_cluster(), listing_server(plans) as url:
        _set_up_django()
        _make_plans(min(on_sale, plans))
        first, megabytes, _ = _measured(f"{url}/?", "all new")
        again, megabytes_again, _ = _measured(f"{url}/?", "unchanged")
        changed, _, sheet = _measured(f"{url}/?planted=1", "with differences")
        listed = [plan_of(number) for number in range(plans)]
        expected = planted(listed)
        found = _found(sheet)
    print(f"{plans:,} plans, all new: {first:.1f} s, peak {megabytes} MB")
    print(f"the same again, which changes nothing: {again:.1f} s, peak {megabytes_again} MB")
    right = {code for code, kind in expected.items() if found.get(code) == kind}
    print(
        f"with differences: {changed:.1f} s; {len(right)} of {len(expected)} planted ones found, "
        f"{len(found.keys() - expected.keys())} others"
    )
    for code in sorted({code for code in {*expected, *found} if code not in right}):
        print(f"  {code}: planted {expected.get(code)}, found {found.get(code)}")
    print(TARGET)
    is_fast = first < FIRST_SECONDS_MAX and again < AGAIN_SECONDS_MAX
    return is_fast and max(megabytes, megabytes_again) < MEGABYTES_MAX and found == expected


def _measured(url: str, what: str) -> tuple[float, int, int]:
    """Sync in a process of its own: (seconds, peak megabytes, the sheet's id)."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    work = context.Process(target=_work, args=(url, what, results))
    work.start()
    seconds, kilobytes, sheet = results.get(timeout=600)
    work.join()
    return seconds, kilobytes >> 10, sheet


def _work(url: str, what: str, results: Any) -> None:
    os.environ[ADDRESS] = url
    _set_up_django()
    from django.utils import timezone

    from limosa.domain.support.operations.sync_price_list import sync_price_list
    from limosa.domain.wholesale.operations.request_sheet import request_sheet

    bar = ProgressBar(what, unit="plans")
    started = monotonic()
    sheet = request_sheet(supplier_code=CODE, now=timezone.now())
    synced = sync_price_list(
        sheet_id=sheet.pk,
        clock=timezone.now,
        progress=lambda done, total: bar.show(done, total or done),
    )
    seconds = monotonic() - started
    bar.finish()
    if synced.sheet.failure:
        raise RuntimeError(f"the list failed: {synced.sheet.failure}")
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results.put((seconds, kilobytes, sheet.pk))


def _make_plans(number: int) -> None:
    """Migrate, and sell some of what is listed, by one rule."""
    from django.core.management import call_command

    from limosa.domain.catalog.models import Carrier, Plan, PlanSource, Price, Supplier
    from limosa.domain.wholesale.models import PriceEnding, PricingRule

    call_command("migrate", interactive=False, verbosity=0)
    supplier = Supplier.objects.create(code=CODE, name=CODE)
    carrier = Carrier.objects.create(code="any", name="Any")
    sold = [plan_of(one) for one in range(number)]
    Plan.objects.bulk_create(
        [
            Plan(
                code=one["code"],
                supplier=supplier,
                carrier=carrier,
                kind="volume",
                name={"en": one["name"]},
                volume_bytes=one["gigabytes"] * 10**9,
                validity_count=one["days"],
                validity_unit="day",
                countries=one["countries"],
            )
            for one in sold
        ],
        batch_size=500,
    )
    PlanSource.objects.bulk_create(
        [
            PlanSource(plan_id=one["code"], supplier=supplier, position=0, code=one["code"])
            for one in sold
        ],
        batch_size=500,
    )
    Price.objects.bulk_create(
        [Price(plan_id=one["code"], currency="USD", amount_minor=100_00) for one in sold],
        batch_size=500,
    )
    PricingRule.objects.create(
        code="all", position=0, margin_basis_points=4000, least_margin_minor=100
    )
    PriceEnding.objects.create(currency="USD", step_minor=100, ending_minor=99)


def _found(sheet: int) -> dict[str, str]:
    from limosa.domain.wholesale.models import ListChange

    return dict(ListChange.objects.filter(sheet=sheet).values_list("code", "kind"))


def _set_up_django() -> None:
    django.setup()
    from django.conf import settings

    settings.SUPPLIER_ADAPTERS = {CODE: PATH}
