"""Two bundles on one eSIM, of which the first is used up and the second begun between two counts,
as TGT and Airalo tell it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from limosa.domain.charging.engine.deduction import Bucket, BucketState
from limosa.domain.charging.engine.reading import (
    Counter,
    Judgement,
    LastReading,
    Sold,
    Verdict,
    judge,
)
from limosa.domain.charging.suppliers import counter_of, reading_of
from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.suppliers.airalo import wire as airalo
from limosa.domain.connectivity.suppliers.airalo.adapter import AiraloSupplier
from limosa.domain.connectivity.suppliers.tgt import wire as tgt
from limosa.domain.connectivity.suppliers.tgt.adapter import TgtSupplier

AT = datetime(2026, 11, 22, 18, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIB = 1024**2
GIB = 1024 * MIB
ESIM = SupplierEsim(iccid="8999240100000001234")


def two(second: int = GIB) -> list[Sold]:
    """Return a bundle of a gigabyte that runs, and one that was bought while it ran."""
    return [
        Sold(
            bucket=Bucket(
                id=number,
                state=state,
                volume_bytes=volume,
                used_bytes=0,
                starts_at=AT - DAY,
                ends_at=AT + 29 * DAY,
            ),
            bought_bytes=volume,
            number=f"L-{number}",
        )
        for number, state, volume in (
            (1, BucketState.ACTIVE, GIB),
            (2, BucketState.QUEUED, second),
        )
    ]


def read(usages: list[SupplierUsage], sold: list[Sold], counter: Counter) -> list[Judgement]:
    """Judge counts one after the other, and leave in `sold` what they make of the bundles."""
    last, judged = None, []
    for usage in usages:
        reading = reading_of(usage)
        assert reading is not None
        found = judge(reading, last=last, sold=sold, counter=counter, time_zone="UTC", now=AT + DAY)
        changed = {bucket.id: bucket for bucket in found.changed}
        sold[:] = [replace(one, bucket=changed.get(one.bucket.id, one.bucket)) for one in sold]
        if found.verdict in {Verdict.APPLIED, Verdict.UNCHANGED}:
            last = LastReading(reading=reading, bundle_id=found.bundle_id)
        judged.append(found)
    return judged


def used(sold: list[Sold]) -> list[int]:
    return [one.bucket.used_bytes // MIB for one in sold]


def states(sold: list[Sold]) -> list[str]:
    return [one.bucket.state.value for one in sold]


def tgt_counts(
    rows: list[tuple[int, str]], megabytes: int, *, total: int = 1024, hours: int = 0
) -> SupplierUsage:
    """Return what the adapter makes of the orders on a card and of the count of one of them."""
    orders = tgt.read_orders(
        {
            "list": [
                {
                    "orderNo": f"SE{number}",
                    "channelOrderNo": f"L-{number}",
                    "productCode": "A-1",
                    "orderStatus": status,
                    "cardInfo": {"iccid": ESIM.iccid},
                }
                for number, status in rows
            ]
        }
    )
    order = tgt.current(orders)
    assert order is not None
    told = {"usage": {"dataTotal": str(total), "dataUsage": str(megabytes)}}
    return tgt.read_usage(told, ESIM, order, now=AT + hours * HOUR)


def airalo_counts(total: int, left: int, *, ends: str = "", hours: int = 0) -> SupplierUsage:
    data: dict[str, Any] = {"remaining": left, "total": total, "status": "ACTIVE"}
    data |= {"expired_at": ends or None, "is_unlimited": False}
    told = json.loads(json.dumps({"data": data}))
    usage = airalo.read_usage(told, ESIM, now=AT + hours * HOUR)
    assert usage is not None
    return usage


@pytest.mark.parametrize("megabytes", [100, 500, 900])
def test_at_tgt_the_second_ones_use_is_its_own_whatever_was_used(megabytes: int) -> None:
    sold = two()
    first = tgt_counts([(1, "INUSE"), (2, "NOTACTIVE")], 400)
    second = tgt_counts([(1, "USED"), (2, "INUSE")], megabytes, hours=6)
    judged = read([first, second], sold, counter_of(TgtSupplier.capabilities))
    assert [one.verdict for one in judged] == [Verdict.APPLIED, Verdict.APPLIED]
    assert used(sold) == [400, megabytes]
    assert states(sold) == ["exhausted", "active"]
    assert judged[1].bundle_id == 2


def test_at_tgt_one_that_waits_behind_a_newer_one_is_not_ended() -> None:
    sold = two()
    sold[0] = replace(sold[0], bucket=replace(sold[0].bucket, state=BucketState.QUEUED))
    counted = tgt_counts([(1, "NOTACTIVE"), (2, "INUSE")], 300)
    read([counted], sold, counter_of(TgtSupplier.capabilities))
    assert (used(sold), states(sold)) == ([0, 300], ["queued", "active"])


def test_at_tgt_what_is_added_to_one_order_fills_the_older_bundle_first() -> None:
    sold = two()
    counted = [
        tgt_counts([(1, "INUSE")], 400),
        tgt_counts([(1, "INUSE")], 1324, total=2048, hours=6),
    ]
    read(counted, sold, counter_of(TgtSupplier.capabilities))
    assert (used(sold), states(sold)) == ([1024, 300], ["exhausted", "active"])


def test_an_order_that_is_not_of_this_esims_bundles_is_judged_as_if_none_were_named() -> None:
    sold = two()
    read([tgt_counts([(7, "INUSE")], 400)], sold, counter_of(TgtSupplier.capabilities))
    assert used(sold) == [400, 0]


ONE_END, OTHER_END = "2026-12-21 18:00:00", "2026-12-29 18:00:00"


def test_at_airalo_a_total_of_both_fills_the_older_bundle_first() -> None:
    sold = two()
    counts = [airalo_counts(1024, 624), airalo_counts(2048, 724, hours=6)]
    read(counts, sold, counter_of(AiraloSupplier.capabilities))
    assert (used(sold), states(sold)) == ([1024, 300], ["exhausted", "active"])


@pytest.mark.parametrize("megabytes", [100, 500, 900])
def test_at_airalo_another_end_or_another_total_shows_that_the_second_one_is_counted(
    megabytes: int,
) -> None:
    sold = two()
    first = airalo_counts(1024, 624, ends=ONE_END)
    second = airalo_counts(1024, 1024 - megabytes, ends=OTHER_END, hours=6)
    read([first, second], sold, counter_of(AiraloSupplier.capabilities))
    assert used(sold) == [400, megabytes]
    sold = two(second=3 * GIB)
    counts = [first, airalo_counts(3072, 3072 - megabytes, hours=6)]
    read(counts, sold, counter_of(AiraloSupplier.capabilities))
    assert used(sold) == [400, megabytes]


def test_at_airalo_the_same_total_without_an_end_does_not_tell_them_apart() -> None:
    """Airalo does not say which package it counts (SOURCES.md): what can't be told is put down to
    the first one while the count grows, and is refused when it falls."""
    sold = two()
    counts = [airalo_counts(1024, 624), airalo_counts(1024, 124, hours=6)]
    read(counts, sold, counter_of(AiraloSupplier.capabilities))
    assert used(sold) == [900, 0]
    fallen = [airalo_counts(1024, 624), airalo_counts(1024, 924, hours=6)]
    sold = two()
    judged = read(fallen, sold, counter_of(AiraloSupplier.capabilities))
    assert (judged[1].verdict, used(sold)) == (Verdict.SMALLER, [400, 0])
