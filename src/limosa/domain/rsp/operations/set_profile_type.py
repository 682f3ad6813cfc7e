"""Add a profile type, or change one."""

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from limosa.domain.rsp.metadata import encoded_metadata
from limosa.domain.rsp.models import Profile, ProfileType
from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22.icons import check_icon

_SAMPLE_ICCID = "8901998000000000015"


class ProfileTypeInvalid(Exception):
    """What devices should show of a type does not fit in a profile's metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTypeFields:
    """The fields of ProfileType to set, by their names; those left out stay, or are ordinary."""

    values: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def set_profile_type(*, code: str, fields: ProfileTypeFields, now: datetime) -> ProfileType:
    """Store a profile type under a code; return it. A new one needs `name` and `service_provider`.

    Devices are shown what it says from now on. Orders keep the terms that they were made with.
    Locks: the type.
    Raises: ProfileTypeInvalid; nothing changed.
    """
    kind = ProfileType.objects.select_for_update().filter(code=code).first()
    kind = kind or ProfileType(code=code, created_at=now)
    for name, value in fields.values.items():
        setattr(kind, name, value)
    if not kind.name or not kind.service_provider:
        raise ProfileTypeInvalid("a profile type has a name and a service provider")
    try:
        if icon := fields.values.get("icon"):
            check_icon(b64decode(icon))
        encoded_metadata(Profile(iccid=_SAMPLE_ICCID, profile_type=kind), address="example.com")
    except (LocalProtocolError, ValueError) as error:
        raise ProfileTypeInvalid(str(error)) from error
    kind.save()
    return kind
