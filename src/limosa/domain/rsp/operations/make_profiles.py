"""Make profiles of our own network."""

from datetime import datetime

from django.db import transaction

from limosa.domain.rsp.making import made_profiles
from limosa.domain.rsp.models import ProfileState, ProfileType


@transaction.atomic
def make_profiles(*, count: int, profile_type: ProfileType, now: datetime) -> list[str]:
    """Make available profiles of a type from the generic test profile; return their ICCIDs.

    Each has an ICCID and an IMSI of its own, from a sequence, and random keys (Milenage). One
    transaction.
    Raises: IntegrityError if such an ICCID was imported; nothing changed.
    """
    made = made_profiles(
        count=count, profile_type=profile_type, state=ProfileState.AVAILABLE, now=now
    )
    return [profile.iccid for profile in made]
