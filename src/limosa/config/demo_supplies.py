"""What the demo sells of its wholesalers, and the profiles that these may order from its SM-DP+."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from django.conf import settings
from django.db import transaction

from limosa.config.demo_wholesale import PROFILE_TYPE
from limosa.domain.rsp.operations.ensure_profile_type import ensure_profile_type
from limosa.domain.rsp.operations.make_profiles import make_profiles
from limosa.domain.rsp.operations.set_profile_type import ProfileTypeFields
from limosa.domain.rsp.queries import stock_levels
from limosa.domain.support.operations.import_catalog_on_record import import_catalog_on_record

# What they may order before more are made: each start fills it up, and so do they (restocking).
PROFILES_IN_STOCK = 60
_FIELDS = ProfileTypeFields(values={"name": "Limosa Travel", "service_provider": "Limosa Travel"})


def stock_profiles(*, now: datetime) -> None:
    """Fill up the profiles that wholesalers may order."""
    with transaction.atomic():
        kind = ensure_profile_type(codes=[PROFILE_TYPE], fields=_FIELDS, now=now)
    available = next(one.available for one in stock_levels() if one.profile_type == kind)
    if available < PROFILES_IN_STOCK:
        make_profiles(count=PROFILES_IN_STOCK - available, profile_type=kind, now=now)


def import_whole_catalogue(*, shipped: Path, theirs: Path, now: datetime) -> None:
    """Import the catalogue that ships, followed by the wholesalers' plans."""
    catalogue = whole_catalogue(shipped, theirs, set_up=frozenset(settings.SUPPLIER_ADAPTERS))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.yaml"
        path.write_bytes(catalogue)
        import_catalog_on_record(path=path, actor=None, now=now)


def whole_catalogue(shipped: Path, theirs: Path, *, set_up: frozenset[str]) -> bytes:
    """Return the catalogue that ships, followed by the plans of those suppliers that are set up.

    A plan keeps only the sources that are set up, and is left out if none is.
    """
    whole, more = (
        yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- texts
        for file in (shipped, theirs)
    )
    suppliers = [one for one in more["suppliers"] if one["code"] in set_up]
    if not suppliers:
        return shipped.read_bytes()
    plans = []
    for plan in more["plans"]:
        sources = [one for one in plan["sources"] if one["supplier"] in set_up]
        if sources:
            plans.append({**plan, "sources": sources})
    whole["version"] += ".2"  # The edition after the one that ships.
    whole["suppliers"] += suppliers
    whole["carriers"] += more["carriers"]
    whole["plans"] += plans
    text: str = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)
    return text.encode()
