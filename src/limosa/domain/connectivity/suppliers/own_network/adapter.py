"""Our own network: profiles are created here and served from the same database at once.

ICCIDs come from a database sequence, so none is issued twice; an order has one profile.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    InstallTerms,
    Reinstall,
    ReplacementRequest,
    SupplierPlan,
    SupplierUsage,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    Unknown,
)
from limosa.domain.connectivity.capabilities import (
    Cancel,
    Capabilities,
    Idempotency,
    Moving,
    Renewal,
    UsageUnit,
)
from limosa.domain.connectivity.models import OwnProfile
from limosa.domain.connectivity.port import WithoutCallbacks
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.esims.models import Bundle
from limosa.domain.rsp.engine.redownload import DownloadBar
from limosa.domain.rsp.operations.retire_profile import retire_profile
from limosa.domain.rsp.queries import downloads_left
from limosa.foundation.identifiers import activation_code, make_iccid, random_code

# Country code 1 and an issuer number that no real issuer has (ITU-T E.118 list).
_ISSUER = "01999"


class OwnNetwork(WithoutCallbacks):
    """The built-in supplier. The network serves the bundles themselves."""

    capabilities = Capabilities(
        in_own_database=True,
        renewal=Renewal.SAME_ESIM,
        idempotency=Idempotency.SAME_ORDER,
        cancel=Cancel.AT_ONCE,
        end_early=True,
        usage_unit=UsageUnit.BYTE,
        usage_age=timedelta(0),
        profile_reports=True,
        moving=Moving.NEW_PROFILE,
    )

    def list_plans(self) -> list[SupplierPlan]:
        """Return the catalogue's plans on our own network; they have no cost per item."""
        plans = Plan.objects.filter(supplier_id="own_network").order_by("position")
        return [
            SupplierPlan(
                code=plan.code, volume_bytes=plan.volume_bytes, cost_minor=0, currency="USD"
            )
            for plan in plans
        ]

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Return the order's profile, created by the first call; a renewal needs none.

        Runs in the caller's transaction.
        """
        if request.renewed is not None:
            return Delivered()
        known = OwnProfile.objects.filter(order_number=request.number).first()
        return _delivered(known or _make_profile(request.number))

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return what was created for an order."""
        known = OwnProfile.objects.filter(order_number=handle.number).first()
        if known is not None:
            return _delivered(known)
        is_renewed = Bundle.objects.filter(order_number=handle.number).exists()
        return Delivered() if is_renewed else Unknown()

    def cancel(self, handle: SupplyHandle) -> CancelAnswer:
        """Nothing to do: the network ignores a refunded bundle."""
        return CancelAnswer.DONE

    def end_early(self, handle: SupplyHandle) -> CancelAnswer:
        """Nothing to do: the network ignores an ended bundle."""
        return CancelAnswer.DONE

    def replace(self, request: ReplacementRequest) -> SupplyAnswer:
        """Return the profile of a move, as of a new eSIM. Runs in the caller's transaction."""
        return self.order(SupplyRequest(number=request.number, plan_code=request.plan_code))

    def retire(self, *, iccid: str) -> CancelAnswer:
        """Make a profile unavailable at our SM-DP+; one that is not there needs nothing."""
        retire_profile(requester="own_network", iccid=iccid, now=timezone.now())
        return CancelAnswer.DONE

    def install_terms(self, *, iccid: str) -> InstallTerms:
        """Return what the order at our SM-DP+ allows the device that has the profile."""
        found = downloads_left(iccid=iccid, now=timezone.now())
        if found is None:
            return InstallTerms(reinstall=Reinstall.UNKNOWN)
        match found.bar:
            case None:
                reinstall = Reinstall.POSSIBLE
            case DownloadBar.NOT_DELETED:
                reinstall = Reinstall.NOT_DELETED
            case _:
                reinstall = Reinstall.USED_UP
        return InstallTerms(reinstall=reinstall, left=found.left)

    def usage(self, *, iccid: str) -> SupplierUsage:
        """Return the bytes counted on an eSIM's bundles."""
        used = Bundle.objects.filter(esim__iccid=iccid).values_list("used_bytes", flat=True)
        return SupplierUsage(used_bytes=sum(used), as_of=timezone.now())


def _make_profile(order_number: str) -> OwnProfile:
    """Return the order's profile. Two concurrent calls both get the one created first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('connectivity_own_iccid')")
        (account,) = cursor.fetchone()
    code = activation_code(
        smdp_address=settings.SMDP_ADDRESS,
        matching_id="-".join(random_code(5) for _ in range(4)),
    )
    return OwnProfile.objects.get_or_create(
        order_number=order_number,
        defaults={
            "iccid": make_iccid(issuer=_ISSUER, account=account),
            "activation_code": code,
        },
    )[0]


def _delivered(profile: OwnProfile) -> Delivered:
    return Delivered(profile=Profile(iccid=profile.iccid, activation_code=profile.activation_code))
