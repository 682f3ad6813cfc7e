"""Switching, deleting and naming the profiles on a card.

Sources: SGP.22 sections 5.7.16 to 5.7.19 (enable, disable, delete, memory reset), 5.7.21
(nickname), 2.9 (profile policy rules).
"""

from collections.abc import Mapping

from limosa.protocols.sgp22.tlv import Tlv, TlvError, encode, read_exactly_one
from limosa.simulators.virtual_phone.card.memory import Memory, Profile
from limosa.simulators.virtual_phone.card.notifications import note_event
from limosa.simulators.virtual_phone.card.results import (
    ErrorReason,
    Event,
    InstallationFailed,
    SwitchResult,
)
from limosa.simulators.virtual_phone.card.signer import Signer
from limosa.simulators.virtual_phone.der_values import (
    Fields,
    integer,
    read_boolean,
    read_named_bits,
    read_text,
)
from limosa.simulators.virtual_phone.metadata import (
    Metadata,
    Policy,
    ProfileClass,
    read_metadata,
)

_KNOWN_POLICIES = frozenset(Policy)
_NOTHING_TO_DELETE = 1
_OPERATIONAL, _TEST, _ADDRESS = range(3)
_AID_PREFIX = bytes.fromhex("a0000005591010ffffffff8900")
_FIRST_AID_NUMBER = 0x1000


class Profiles:
    """The profiles in a card's memory. Nothing is changed unless the result is OK; the caller
    writes the memory."""

    def __init__(self, memory: Memory, signers: Mapping[bytes, Signer]) -> None:
        self._memory, self._signers = memory, signers

    def check_new(self, metadata: Metadata) -> None:
        """Refuse metadata of a profile that can't be installed here. Raises InstallationFailed."""
        if self._memory.profile(metadata.iccid) is not None:
            raise InstallationFailed(
                ErrorReason.ICCID_ALREADY_EXISTS, "a profile with this ICCID is installed"
            )
        if metadata.policies and not metadata.owner:
            raise InstallationFailed(
                ErrorReason.INCORRECT_INPUT_VALUES, "it has policy rules, and no owner"
            )
        if metadata.policies - _KNOWN_POLICIES:
            raise InstallationFailed(ErrorReason.PPR_NOT_ALLOWED, "an unknown policy rule")
        if Policy.NO_DISABLING in metadata.policies and self._has_operational():
            raise InstallationFailed(
                ErrorReason.PPR_NOT_ALLOWED,
                "only the first profile may forbid that it is disabled",
            )

    def new_aid(self) -> bytes:
        number = _FIRST_AID_NUMBER + self._memory.profile_number
        self._memory.profile_number += 1
        return _AID_PREFIX + number.to_bytes(2, "big") + b"\x00"

    def enable(self, request: Tlv) -> bytes:
        """Answer ES10c.EnableProfile. The profile that was enabled is disabled, with the
        notifications of both."""
        return encode(0xBF31, integer(self._switch(request, is_on=True), tag=0x80))

    def disable(self, request: Tlv) -> bytes:
        """Answer ES10c.DisableProfile."""
        return encode(0xBF32, integer(self._switch(request, is_on=False), tag=0x80))

    def delete(self, request: Tlv) -> bytes:
        """Answer ES10c.DeleteProfile. Only a profile that is disabled can be deleted."""
        try:
            profile = self._identified(read_exactly_one(request.value))
        except TlvError:
            return encode(0xBF33, integer(SwitchResult.UNDEFINED_ERROR, tag=0x80))
        return encode(0xBF33, integer(self._delete(profile), tag=0x80))

    def reset(self, request: Tlv) -> bytes:
        """Answer ES10c.eUICCMemoryReset. It deletes also what a policy rule protects."""
        try:
            fields = Fields(request)
            options = read_named_bits(fields.take(0x82).value)
            fields.finish()
        except TlvError:
            return encode(0xBF34, integer(SwitchResult.UNDEFINED_ERROR, tag=0x80))
        gone = [one for one in self._memory.profiles if _reset_option(one) in options]
        for profile in gone:
            self._remove(profile)
        if _ADDRESS in options:
            self._memory.default_address = ""
        is_done = gone or _ADDRESS in options
        return encode(0xBF34, integer(0 if is_done else _NOTHING_TO_DELETE, tag=0x80))

    def set_nickname(self, request: Tlv) -> bytes:
        """Answer ES10c.SetNickname."""
        try:
            fields = Fields(request)
            profile = self._memory.profile(fields.take(0x5A).value)
            nickname = read_text(fields.take(0x90).value, longest=64)
            fields.finish()
        except TlvError:
            return encode(0xBF29, integer(SwitchResult.UNDEFINED_ERROR, tag=0x80))
        if profile is None:
            return encode(0xBF29, integer(SwitchResult.NOT_FOUND, tag=0x80))
        profile.nickname = nickname
        return encode(0xBF29, integer(SwitchResult.OK, tag=0x80))

    def _switch(self, request: Tlv, *, is_on: bool) -> SwitchResult:
        try:
            fields = Fields(request)
            profile = self._identified(read_exactly_one(fields.take(0xA0).value))
            read_boolean(fields.take(0x81).value)
            fields.finish()
        except TlvError:
            return SwitchResult.UNDEFINED_ERROR
        if profile is None:
            return SwitchResult.NOT_FOUND
        if profile.is_enabled == is_on:
            return SwitchResult.WRONG_STATE
        ending = [one for one in self._memory.profiles if one.is_enabled]
        if any(Policy.NO_DISABLING in _policies(one) for one in ending):
            return SwitchResult.DISALLOWED_BY_POLICY
        for one in ending:
            one.is_enabled = False
            self._note(one, Event.DISABLE)
        if is_on:
            profile.is_enabled = True
            self._note(profile, Event.ENABLE)
        return SwitchResult.OK

    def _delete(self, profile: Profile | None) -> SwitchResult:
        if profile is None:
            return SwitchResult.NOT_FOUND
        if profile.is_enabled:
            return SwitchResult.WRONG_STATE
        if Policy.NO_DELETION in _policies(profile):
            return SwitchResult.DISALLOWED_BY_POLICY
        self._remove(profile)
        return SwitchResult.OK

    def _remove(self, profile: Profile) -> None:
        self._memory.profiles.remove(profile)
        self._note(profile, Event.DELETE)

    def _note(self, profile: Profile, event: Event) -> None:
        note_event(self._memory, profile, event, self._signers[profile.ci_key_id])

    def _identified(self, wanted: Tlv) -> Profile | None:
        if wanted.tag == 0x5A:
            return self._memory.profile(wanted.value)
        if wanted.tag == 0x4F:
            found = (one for one in self._memory.profiles if one.aid == wanted.value)
            return next(found, None)
        raise TlvError("neither an ICCID nor an AID")

    def _has_operational(self) -> bool:
        classes = (read_metadata(one.metadata).profile_class for one in self._memory.profiles)
        return ProfileClass.OPERATIONAL in classes


def _policies(profile: Profile) -> frozenset[int]:
    return read_metadata(profile.metadata).policies


def _reset_option(profile: Profile) -> int:
    is_test = read_metadata(profile.metadata).profile_class is ProfileClass.TEST
    return _TEST if is_test else _OPERATIONAL
