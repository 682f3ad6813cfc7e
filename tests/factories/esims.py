"""eSIMs and bundles."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from limosa.domain.esims.models import (
    OPEN_STATES,
    Bundle,
    BundleState,
    Device,
    Esim,
    EsimState,
    Installation,
    Move,
)
from limosa.foundation.identifiers import activation_code, make_iccid, random_code
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan, make_supplier

_numbers = count(1)


def make_esim(**fields: Any) -> Esim:
    """Return an installed eSIM of T-Mobile, of a new subscriber unless one is given."""
    fields.setdefault("public_id", random_code(12))
    fields.setdefault("iccid", make_iccid(issuer="8901", account=next(_numbers)))
    fields.setdefault(
        "activation_code",
        activation_code(smdp_address="smdp.example.com", matching_id=random_code(16)),
    )
    fields.setdefault("state", EsimState.INSTALLED)
    fields.setdefault("created_at", MOMENT - timedelta(days=60))
    if fields["state"] == EsimState.INSTALLED:
        fields.setdefault("installed_at", fields["created_at"] + timedelta(minutes=5))
    if "subscriber" not in fields:
        fields["subscriber"] = make_subscriber()
    if "supplier" not in fields:
        fields["supplier"] = make_supplier()
    if "carrier" not in fields:
        fields["carrier"] = make_carrier()
    return Esim.objects.create(**fields)


def make_bundle(**fields: Any) -> Bundle:
    """Return an active bundle of 20 GB with half its month gone, on a new eSIM unless given.

    `plan` gives the volume, the fair use and the validity that are not told.
    """
    if "plan" not in fields:
        fields["plan"] = make_plan()
    if "esim" not in fields:
        owner = {"subscriber": fields["subscriber"]} if "subscriber" in fields else {}
        fields["esim"] = make_esim(**owner)
    plan, state = fields["plan"], fields.setdefault("state", BundleState.ACTIVE)
    fields.setdefault("subscriber", fields["esim"].subscriber)
    fields.setdefault("order_number", f"L-{random_code(8)}")
    for name in ("volume_bytes", "fair_use_bytes", "validity_count", "validity_unit", "valid_from"):
        fields.setdefault(name, getattr(plan, name))
    fields.setdefault("created_at", MOMENT - timedelta(days=15))
    if state != BundleState.QUEUED:
        _set_times(fields)
    return Bundle.objects.create(**fields)


def _set_times(fields: dict[str, Any]) -> None:
    start: datetime = fields.setdefault("starts_at", fields["created_at"])
    end: datetime = fields.setdefault("ends_at", start + timedelta(days=30))
    if fields["state"] not in OPEN_STATES:
        fields.setdefault("ended_at", min(end, MOMENT))


def make_device(**fields: Any) -> Device:
    """Return a phone with a card, of a new subscriber unless one is given."""
    fields.setdefault("public_id", random_code(12))
    fields.setdefault("eid", f"89049032{next(_numbers):024}")
    fields.setdefault("number", 1)
    fields.setdefault("created_at", MOMENT)
    if "subscriber" not in fields:
        fields["subscriber"] = make_subscriber()
    return Device.objects.create(**fields)


def make_installation(**fields: Any) -> Installation:
    """Return the first download of a new eSIM's profile, installed, unless told otherwise."""
    if "esim" not in fields:
        fields["esim"] = make_esim()
    state = fields.setdefault("state", "installed")
    fields.setdefault("iccid", fields["esim"].iccid)
    fields.setdefault("download", 1)
    fields.setdefault("reported_at", MOMENT)
    fields.setdefault(f"{state}_at", MOMENT)
    return Installation.objects.create(**fields)


def make_move(**fields: Any) -> Move:
    """Return a move of a new eSIM to another phone, with its new profile, that waits."""
    if "esim" not in fields:
        fields["esim"] = make_esim()
    fields.setdefault("number", f"M-{random_code(8)}")
    fields.setdefault("reason", "new_device")
    fields.setdefault("kind", "phone")
    fields.setdefault("old_iccid", fields["esim"].iccid)
    fields.setdefault("begun_at", MOMENT)
    fields.setdefault("expires_at", fields["begun_at"] + timedelta(days=7))
    fields.setdefault("iccid", make_iccid(issuer="8901", account=next(_numbers)))
    if fields["iccid"]:
        code = activation_code(smdp_address="smdp.example.com", matching_id=random_code(16))
        fields.setdefault("activation_code", code)
    if fields.get("state", "waiting") != "waiting":
        fields.setdefault("ended_at", MOMENT)
    else:
        fields.setdefault("next_at", fields["expires_at"])
    return Move.objects.create(**fields)
