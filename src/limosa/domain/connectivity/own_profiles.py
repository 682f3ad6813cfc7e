"""What our own network has of our own SM-DP+ (`rsp`): the name by which it orders, the types of its
profiles, and the words in which its reports reach eSIMs."""

from django.conf import settings

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.domain.rsp.models import ProgressPoint, ProgressReport

REQUESTER = "own_network"
# The type of profiles for carriers that have none of their own.
TYPE = "own-network"
_STATES = {
    ProgressPoint.DOWNLOADED: InstallationState.DOWNLOADED,
    ProgressPoint.INSTALLED: InstallationState.INSTALLED,
    ProgressPoint.ENABLED: InstallationState.ENABLED,
    ProgressPoint.DISABLED: InstallationState.DISABLED,
    ProgressPoint.DELETED: InstallationState.DELETED,
}


def are_profiles_made() -> bool:
    """Whether profiles are made to order, and not taken from the stock."""
    return bool(settings.SUPPLIER_SETTINGS["own_network"]["profiles"] == "template")


def stocked_types() -> list[str]:
    """Return the codes of the types that orders take profiles of, if they come from the stock."""
    if are_profiles_made():
        return []
    plans = Plan.objects.filter(supplier_id=REQUESTER)
    return [TYPE, *plans.values_list("carrier_id", flat=True).distinct()]


def profile_report(told: ProgressReport) -> ProfileReport:
    """Return what is told of a download as a report about an eSIM's profile."""
    state = InstallationState.FAILED if told.failure else _STATES[ProgressPoint(told.point)]
    return ProfileReport(
        state=state,
        happened_at=told.happened_at,
        sequence=told.sequence,
        download=told.download,
        failure=told.failure,
    )
