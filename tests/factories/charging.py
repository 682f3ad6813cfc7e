"""Usage, as rows: no bundle is charged by making them."""

from datetime import timedelta
from itertools import count
from typing import Any

from limosa.domain.charging.models import (
    DailyUsage,
    Reserve,
    UsageReading,
    UsageRecord,
    UsageWatch,
)
from limosa.foundation.volume import MB
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.esims import make_bundle, make_esim

_numbers = count(1)


def make_usage_record(**fields: Any) -> UsageRecord:
    """Return a record of 100 MB in the hour before MOMENT, of a new eSIM unless one is given."""
    if "esim" not in fields:
        fields["esim"] = make_esim()
    fields.setdefault("subscriber_id", fields["esim"].subscriber_id)
    fields.setdefault("feed", "test")
    fields.setdefault("record_id", str(next(_numbers)))
    fields.setdefault("ended_at", MOMENT)
    fields.setdefault("started_at", fields["ended_at"] - timedelta(hours=1))
    fields.setdefault("uplink_bytes", 10 * MB)
    fields.setdefault("downlink_bytes", 90 * MB)
    fields.setdefault("received_at", fields["ended_at"] + timedelta(seconds=5))
    return UsageRecord.objects.create(**fields)


def make_daily_usage(**fields: Any) -> DailyUsage:
    """Return 500 MB used on the day of MOMENT, on a new eSIM unless one is given."""
    if "esim" not in fields:
        fields["esim"] = make_esim()
    fields.setdefault("day", MOMENT.date())
    fields.setdefault("used_bytes", 500 * MB)
    return DailyUsage.objects.create(**fields)


def make_watch(**fields: Any) -> UsageWatch:
    """Return a watch of a new eSIM of `wholesale`, due at MOMENT, that was never read."""
    if "esim" not in fields:
        fields["esim"] = make_esim(supplier=make_supplier("wholesale"))
    fields.setdefault("supplier", fields["esim"].supplier)
    fields.setdefault("next_at", MOMENT)
    return UsageWatch.objects.create(**fields)


def make_reading(**fields: Any) -> UsageReading:
    """Return a reading of 100 MB, of MOMENT, of a new eSIM unless one is given."""
    if "esim" not in fields:
        fields["esim"] = make_esim(supplier=make_supplier("wholesale"))
    fields.setdefault("as_of", MOMENT)
    fields.setdefault("used_bytes", 100 * MB)
    fields.setdefault("received_at", fields["as_of"])
    fields.setdefault("verdict", "applied")
    return UsageReading.objects.create(**fields)


def make_reserve(**fields: Any) -> Reserve:
    """Return an open reserve of 20 MB, after a bundle that has ended."""
    if "bundle" not in fields:
        fields["bundle"] = make_bundle(state="expired", ended_at=MOMENT)
    defaults = {
        "esim": fields["bundle"].esim,
        "volume_bytes": 20 * MB,
        "granted_at": MOMENT,
        "ends_at": MOMENT + timedelta(days=7),
    }
    return Reserve.objects.create(**(defaults | fields))
