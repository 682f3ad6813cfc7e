"""The stock and the orders of the measurement, by SQL: a million profiles take seconds.

All profiles of an order share one package, the generic test profile, and all of the stock that
nobody downloads share a tiny one: encrypted once, since no ciphertext is bound to its row.
"""

import time
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from limosa.domain.encryption.cipher import encrypt_bytes
from limosa.domain.rsp.engine.order_calls import Caller, Confirmation
from limosa.domain.rsp.models import DownloadOrder, Profile, ProfileType, ReceivedNotification
from limosa.domain.rsp.operations.confirm_download_order import confirm_download_order
from limosa.domain.rsp.operations.make_profiles import make_profiles
from limosa.domain.rsp.operations.order_profile import order_profile
from limosa.domain.rsp.template import generic_test_profile

TYPE = "bench"
_PLACE = "rsp_profile.package"
_PROFILES = """
INSERT INTO rsp_profile (iccid, state, package, package_bytes, imported_at, profile_type_id)
SELECT '8988' || lpad(number::text, 15, '0'), %(state)s, %(package)s, %(size)s, now(), %(type)s
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS number
"""
_WAITING = "SELECT count(*) FROM rsp_receivednotification WHERE result = 'waiting'"


@dataclass(slots=True)
class Stock:
    """The profiles that were made so far, by number."""

    type_id: int
    made: int = 0

    def add_orders(self, count: int) -> list[str]:
        """Make released orders of profiles of their own; return their matching ids."""
        first, last = self._add_profiles(count, state="ordered", package=generic_test_profile())
        now = timezone.now()
        profiles = Profile.objects.filter(iccid__range=(_iccid(first), _iccid(last)))
        orders = DownloadOrder.objects.bulk_create(
            DownloadOrder(
                profile_id=profile_id,
                state="released",
                matching_id=f"BENCH-{iccid}",
                downloads_max=1,
                ordered_at=now,
                changed_at=now,
            )
            for profile_id, iccid in profiles.values_list("pk", "iccid")
        )
        return [str(order.matching_id) for order in orders]

    def add_available(self, count: int) -> float:
        """Fill the stock with profiles that nobody has ordered; return the seconds it took."""
        began = time.perf_counter()
        self._add_profiles(count, state="available", package=b"a profile that nobody downloads")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE rsp_profile")
        return time.perf_counter() - began

    def _add_profiles(self, count: int, *, state: str, package: bytes) -> tuple[int, int]:
        first, self.made = self.made + 1, self.made + count
        with connection.cursor() as cursor:
            cursor.execute(
                _PROFILES,
                {
                    "state": state,
                    "package": encrypt_bytes(package, place=_PLACE),
                    "size": len(package),
                    "type": self.type_id,
                    "first": first,
                    "last": self.made,
                },
            )
        return first, self.made


def make_stock() -> Stock:
    """Create the tables and a profile type."""
    call_command("migrate", interactive=False, verbosity=0)
    kind = ProfileType.objects.create(
        code=TYPE, name="Bench", service_provider="Limosa", created_at=timezone.now()
    )
    return Stock(kind.pk)


def order_whole_profile() -> str:
    """Make a profile whose package has its own ICCID, and order it; return its matching id."""
    kind, now = ProfileType.objects.get(code=TYPE), timezone.now()
    (iccid,) = make_profiles(count=1, profile_type=kind, now=now)
    order_profile(caller=Caller(), iccid=iccid, now=now)
    order = confirm_download_order(
        caller=Caller(), iccid=iccid, confirmation=Confirmation(), now=now
    )
    return str(order.matching_id)


def order_profiles(count: int) -> float:
    """Order profiles by their type and confirm them, as whoever orders does; return the CPU time of
    this process, in seconds."""
    began = time.process_time()
    for _ in range(count):
        now = timezone.now()
        order = order_profile(caller=Caller(), profile_type=TYPE, now=now)
        confirm_download_order(
            caller=Caller(), iccid=order.profile.iccid, confirmation=Confirmation(), now=now
        )
    return time.process_time() - began


def wait_until_verified() -> None:
    """Return when no notification waits any more."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise RuntimeError("notifications were not verified")


def check_installed(count: int) -> None:
    """Raise RuntimeError unless so many orders are installed, each downloaded once."""
    installed = DownloadOrder.objects.filter(state="installed", downloads=1).count()
    others = DownloadOrder.objects.exclude(state__in=["installed", "released"]).count()
    applied = ReceivedNotification.objects.filter(result="applied").count()
    if (installed, others, applied) != (count, 0, count):
        raise RuntimeError(
            f"{count} downloads, but {installed} orders installed, {others} in between, "
            f"{applied} notifications applied"
        )


def session_bytes() -> int:
    """Return what the table of sessions takes, with its indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('rsp_downloadsession')")
        (size,) = cursor.fetchone()
    return int(size)


def _iccid(number: int) -> str:
    return f"8988{number:015}"
