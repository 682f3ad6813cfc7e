"""Our own network: profiles come from our own SM-DP+, whose stock and orders are in the same
database (ADR 29)."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    InstallTerms,
    Refused,
    Reinstall,
    ReplacementRequest,
    SupplierEsim,
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
    RenewalStart,
    UsageUnit,
)
from limosa.domain.connectivity.own_profiles import REQUESTER, TYPE, are_profiles_made
from limosa.domain.connectivity.port import (
    WithoutBalance,
    WithoutCallbacks,
    WithoutCharges,
    WithoutPlans,
)
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.rsp.engine.order_life import DownloadState
from limosa.domain.rsp.engine.redownload import DownloadBar
from limosa.domain.rsp.models import ProfileType
from limosa.domain.rsp.operations.ensure_profile_type import ensure_profile_type
from limosa.domain.rsp.operations.provide_profile import provide_profile
from limosa.domain.rsp.operations.retire_profile import retire_profile
from limosa.domain.rsp.operations.set_profile_type import ProfileTypeFields
from limosa.domain.rsp.operations.withdraw_profile import withdraw_profile
from limosa.domain.rsp.queries import ProvidedProfile, downloads_left, provided_profile
from limosa.foundation.identifiers import activation_code
from limosa.protocols.sgp22.refusal import RspRefusal

# It tells everything, so that pages show what a device does.
_TYPE_FIELDS = ProfileTypeFields(
    values={
        "name": "Limosa eSIM",
        "service_provider": "Limosa",
        "tells_enabling": True,
        "tells_disabling": True,
        "tells_deletion": True,
    }
)


class OwnNetwork(WithoutPlans, WithoutBalance, WithoutCharges, WithoutCallbacks):
    """The built-in supplier. The network serves the bundles themselves."""

    capabilities = Capabilities(
        in_own_database=True,
        renewal=Renewal.SAME_ESIM,
        idempotency=Idempotency.SAME_ORDER,
        cancel=Cancel.AT_ONCE,
        end_early=True,
        usage_unit=UsageUnit.BYTE,
        usage_age=timedelta(0),
        usage_batch=1000,
        renewal_start=RenewalStart.AS_CHOSEN,
        profile_reports=True,
        grants_reserves=True,
        moving=Moving.NEW_PROFILE,
    )

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Return the order's profile, provided by the first call; a renewal needs none.

        Refused, for now: the stock has none left. Runs in the caller's transaction.
        """
        if request.renewed is not None:
            return Delivered()
        try:
            provided = provide_profile(
                requester=REQUESTER,
                reference=request.number,
                profile_type=_type_for(request.plan_code),
                is_made=are_profiles_made(),
                now=timezone.now(),
            )
        except RspRefusal:
            return Refused(failure=Failure.AGAIN, reason="no_profile_left")
        return _answer(provided)

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return what was provided for an order."""
        known = provided_profile(requester=REQUESTER, reference=handle.number)
        if known is not None:
            return _answer(known)
        is_renewed = Bundle.objects.filter(order_number=handle.number).exists()
        return Delivered() if is_renewed else Unknown()

    def cancel(self, handle: SupplyHandle) -> CancelAnswer:
        """Withdraw the order's profile, if no device has it; REFUSED if one has.

        For a renewal there is nothing to do: the network ignores a refunded bundle.
        """
        is_withdrawn = withdraw_profile(
            requester=REQUESTER,
            reference=handle.number,
            is_profile_kept=not are_profiles_made(),
            now=timezone.now(),
        )
        return CancelAnswer.DONE if is_withdrawn else CancelAnswer.REFUSED

    def end_early(self, handle: SupplyHandle) -> CancelAnswer:
        """Nothing to do: the network ignores an ended bundle."""
        return CancelAnswer.DONE

    def replace(self, request: ReplacementRequest) -> SupplyAnswer:
        """Return the profile of a move, as of a new eSIM. Runs in the caller's transaction."""
        return self.order(SupplyRequest(number=request.number, plan_code=request.plan_code))

    def retire(self, *, iccid: str) -> CancelAnswer:
        """Make a profile unavailable at our SM-DP+; one that is not there needs nothing."""
        retire_profile(requester=REQUESTER, iccid=iccid, now=timezone.now())
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

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return the bytes counted on the bundles of each eSIM."""
        known = [esim.iccid for esim in esims]
        found = Esim.objects.filter(iccid__in=known).annotate(used=Sum("bundles__used_bytes"))
        used = dict(found.values_list("iccid", "used"))
        return [
            SupplierUsage(esim=esim, used_bytes=used[esim.iccid] or 0, as_of=timezone.now())
            for esim in esims
            if esim.iccid in used
        ]


def _type_for(plan_code: str) -> ProfileType:
    """Return the type of a plan's profiles: its carrier's own, or everybody's."""
    carriers = Plan.objects.filter(code=plan_code).values_list("carrier_id", flat=True)
    return ensure_profile_type(codes=[*carriers, TYPE], fields=_TYPE_FIELDS, now=timezone.now())


def _answer(known: ProvidedProfile) -> SupplyAnswer:
    if known.state is DownloadState.CANCELLED:
        return Refused(failure=Failure.NEVER, reason="cancelled")
    code = activation_code(smdp_address=settings.SMDP_ADDRESS, matching_id=known.matching_id)
    return Delivered(profile=Profile(iccid=known.iccid, activation_code=code))
