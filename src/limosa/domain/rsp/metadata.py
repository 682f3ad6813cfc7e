"""What a device shows of a profile, and the card keeps with it: made from the profile's type."""

from base64 import b64decode

from limosa.domain.rsp.models import Profile, ProfileType
from limosa.domain.rsp.models.stock import ProfileClass as Class
from limosa.protocols.sgp22.metadata import Metadata, Owner, PolicyRule, ProfileClass
from limosa.protocols.sgp22.notification import Event

_CLASSES = {
    Class.TEST.value: ProfileClass.TEST,
    Class.PROVISIONING.value: ProfileClass.PROVISIONING,
    Class.OPERATIONAL.value: ProfileClass.OPERATIONAL,
}
_MCC_DIGITS = 3


def encoded_metadata(profile: Profile, *, address: str) -> bytes:
    """Return a profile's metadata (StoreMetadata). `address`: where its card reports to.

    Raises LocalProtocolError if the type has something that does not fit (`add_profile_type`
    refuses it).
    """
    kind = profile.profile_type
    return Metadata(
        iccid=profile.iccid,
        service_provider_name=kind.service_provider,
        profile_name=kind.name,
        icon=b64decode(kind.icon),
        profile_class=_CLASSES[kind.profile_class],
        notifications=tuple((event, address) for event in _told(kind)),
        owner=_owner(kind.owner_plmn),
        rules=policy_rules(kind),
    ).encode()


def policy_rules(kind: ProfileType) -> frozenset[PolicyRule]:
    """Return what cards do not let people do with profiles of a type."""
    rules = {
        PolicyRule.DISABLING_FORBIDDEN: kind.is_kept_enabled,
        PolicyRule.DELETION_FORBIDDEN: kind.is_kept,
    }
    return frozenset(rule for rule, holds in rules.items() if holds)


def _told(kind: ProfileType) -> list[Event]:
    events = {
        Event.INSTALL: True,
        Event.ENABLE: kind.tells_enabling,
        Event.DISABLE: kind.tells_disabling,
        Event.DELETE: kind.tells_deletion,
    }
    return [event for event, is_told in events.items() if is_told]


def _owner(plmn: str) -> Owner | None:
    return Owner(mcc=plmn[:_MCC_DIGITS], mnc=plmn[_MCC_DIGITS:]) if plmn else None
