"""The card: one command in, one answer out, as STORE DATA carries them from and to an LPA."""

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from limosa.protocols.sgp22.tlv import Tlv, TlvError, encode, read_exactly_one
from limosa.simulators.virtual_phone.card.information import (
    eid_answer,
    euicc_info_1,
    euicc_info_2,
    profiles_answer,
    rules,
)
from limosa.simulators.virtual_phone.card.memory import Identity, Memory, MemoryFile, Profile
from limosa.simulators.virtual_phone.card.notifications import (
    fetch_notifications,
    list_notifications,
    note_failed,
    note_installed,
)
from limosa.simulators.virtual_phone.card.package_loader import LoadedProfile, PackageLoader
from limosa.simulators.virtual_phone.card.profiles import Profiles
from limosa.simulators.virtual_phone.card.results import ErrorReason, InstallationFailed
from limosa.simulators.virtual_phone.card.session import Session
from limosa.simulators.virtual_phone.card.signer import Signer
from limosa.simulators.virtual_phone.der_values import (
    Fields,
    integer,
    read_integer,
    read_text,
    text,
)
from limosa.simulators.virtual_phone.elliptic import new_key
from limosa.simulators.virtual_phone.pki.certificates import Validity, euicc_certificate
from limosa.simulators.virtual_phone.pki.folder import EID_PREFIX, Trust

log = logging.getLogger(__name__)

_ROOT_SMDS = "lpa.ds.gsma.com"
_VALID = timedelta(days=9 * 365)
_ALLOWANCE = timedelta(days=1)


class CommandRejected(Exception):
    """The card knows no such command, or not now: what a real one says by a status word."""


def new_memory(trusts: list[Trust], *, eid: str, now: datetime) -> Memory:
    """Make the memory of a new card, trusted under every CI in `trusts`."""
    valid = Validity(now - _ALLOWANCE, now + _VALID)
    identities = []
    for trust in trusts:
        key = new_key(trust.curve)
        certificate = euicc_certificate(trust.eum, key.public_key(), eid=eid, valid=valid)
        identities.append(
            Identity(
                curve=trust.curve,
                ci_certificate=trust.ci.public_bytes(Encoding.DER),
                eum_certificate=trust.eum.certificate.public_bytes(Encoding.DER),
                certificate=certificate.public_bytes(Encoding.DER),
                private_key=key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
            )
        )
    return Memory(eid=eid, identities=identities)


def new_eid() -> str:
    """Return a random EID of the PKI's card maker: 32 digits, 1 when divided by 97."""
    body = EID_PREFIX + "".join(secrets.choice("0123456789") for _ in range(22))
    return f"{body}{98 - int(body + '00') % 97:02d}"


class Euicc:
    """A card that is switched on. Not thread-safe: its phone serialises.

    Raises from the constructor what MemoryFile.read does.
    """

    def __init__(self, file: MemoryFile) -> None:
        self._file = file
        self._memory = file.read()
        signers = [Signer.of(identity) for identity in self._memory.identities]
        self._signers: Mapping[bytes, Signer] = {one.ci_key_id: one for one in signers}
        self._session = Session(self._memory, self._signers, self._save)
        self._profiles = Profiles(self._memory, self._signers)
        self._loader: PackageLoader | None = None
        self._handlers = self._all_handlers()
        self._report_interruption()

    def transmit(self, command: bytes) -> bytes:
        """Answer a command of ES10a, ES10b or ES10c. Raises CommandRejected.

        During an installation any command but a segment interrupts it.
        """
        try:
            request = read_exactly_one(command)
        except TlvError as error:
            raise CommandRejected(f"6A80: {error}") from error
        handler = self._handlers.get(request.tag)
        if handler is None:
            raise CommandRejected(f"6A88: no command {request.tag:X}")
        if self._loader is not None:
            self._loader = None
            self._report_interruption()
        try:
            return handler(request)
        except TlvError as error:
            raise CommandRejected(f"6A80: {error}") from error

    def load_segment(self, segment: bytes) -> bytes:
        """Take a segment of a Bound Profile Package, as ES10b.LoadBoundProfilePackage does.

        Returns the ProfileInstallationResult with the last segment, or with the one that failed;
        nothing with the others. Raises CommandRejected if no download was prepared.
        """
        if self._loader is None:
            self._begin_loading()
        loader, loading = self._loader, self._memory.loading
        assert loader is not None  # noqa: S101  (both were just made)
        assert loading is not None  # noqa: S101
        try:
            loaded = loader.take(segment)
        except InstallationFailed as error:
            log.info("%s: %s: %s", loader.command.name, error.reason.name, error)
            loading.command = loader.command
            return self._fail(error.reason, iccid=loader.iccid, keeps_key=False)
        if loaded is not None:
            return self._install(loaded)
        if loading.command != loader.command:
            loading.command = loader.command
            self._save()
        return b""

    def _begin_loading(self) -> None:
        found = self._session.binding()
        if found is None:
            raise CommandRejected("6985: no download was prepared")
        binding, loading = found
        self._memory.loading = loading
        self._loader = PackageLoader(binding, self._profiles.check_new)
        self._save()

    def _install(self, loaded: LoadedProfile) -> bytes:
        loading = self._memory.loading
        assert loading is not None  # noqa: S101  (it was there for every segment)
        profile = Profile(
            iccid=loaded.metadata.iccid,
            aid=self._profiles.new_aid(),
            metadata=loaded.metadata_bytes,
            ci_key_id=loading.ci_key_id,
            element_count=loaded.package.element_count,
        )
        self._memory.profiles.append(profile)
        signer = self._signers[loading.ci_key_id]
        result = note_installed(self._memory, loading, profile, signer)
        self._end_loading(keeps_key=False)
        return result

    def _fail(self, reason: ErrorReason, *, iccid: bytes, keeps_key: bool) -> bytes:
        loading = self._memory.loading
        assert loading is not None  # noqa: S101  (only an installation fails)
        signer = self._signers[loading.ci_key_id]
        result = note_failed(self._memory, loading, reason, iccid=iccid, signer=signer)
        self._end_loading(keeps_key=keeps_key)
        return result

    def _end_loading(self, *, keeps_key: bool) -> None:
        loading, self._memory.loading, self._loader = self._memory.loading, None, None
        if loading is not None and not keeps_key:
            self._memory.one_time_keys = [
                one for one in self._memory.one_time_keys if one.public_key != loading.own_point
            ]
        self._save()

    def _report_interruption(self) -> None:
        """Report an installation that something cut short. Its one-time key stays, so that the
        server can send the same package again."""
        if self._memory.loading is not None:
            self._fail(ErrorReason.INTERRUPTION, iccid=b"", keeps_key=True)

    def _save(self) -> None:
        self._file.write(self._memory)

    def _all_handlers(self) -> Mapping[int, Callable[[Tlv], bytes]]:
        """Return the commands by their tags."""
        signers, memory, session = self._signers.values(), self._memory, self._session
        return {
            0xBF20: lambda _request: euicc_info_1(signers),
            0xBF21: session.prepare,
            0xBF22: lambda _request: euicc_info_2(signers),
            0xBF28: lambda request: list_notifications(memory, request),
            0xBF29: self._saved(self._profiles.set_nickname),
            0xBF2B: lambda request: fetch_notifications(memory, request),
            0xBF2D: lambda request: profiles_answer(memory, request),
            0xBF2E: lambda _request: session.new_challenge(),
            0xBF30: self._remove_notification,
            0xBF31: self._saved(self._profiles.enable),
            0xBF32: self._saved(self._profiles.disable),
            0xBF33: self._saved(self._profiles.delete),
            0xBF34: self._saved(self._profiles.reset),
            0xBF38: session.authenticate,
            0xBF3C: self._addresses,
            0xBF3E: lambda request: eid_answer(memory, request),
            0xBF3F: self._set_default_address,
            0xBF41: session.cancel,
            0xBF43: lambda _request: rules(),
        }

    def _saved(self, handler: Callable[[Tlv], bytes]) -> Callable[[Tlv], bytes]:
        def handle(request: Tlv) -> bytes:
            answer = handler(request)
            self._save()
            return answer

        return handle

    def _remove_notification(self, request: Tlv) -> bytes:
        """Answer ES10b.RemoveNotificationFromList."""
        fields = Fields(request)
        number = read_integer(fields.take(0x80).value)
        fields.finish()
        kept = [one for one in self._memory.notifications if one.sequence_number != number]
        is_gone = len(kept) < len(self._memory.notifications)
        self._memory.notifications = kept
        self._save()
        return encode(0xBF30, integer(0 if is_gone else 1, tag=0x80))

    def _addresses(self, _request: Tlv) -> bytes:
        """Answer ES10a.GetEuiccConfiguredAddresses."""
        own = self._memory.default_address
        default = text(own, tag=0x80) if own else b""
        return encode(0xBF3C, default, text(_ROOT_SMDS, tag=0x81))

    def _set_default_address(self, request: Tlv) -> bytes:
        """Answer ES10a.SetDefaultDpAddress."""
        fields = Fields(request)
        self._memory.default_address = read_text(fields.take(0x80).value, longest=255)
        fields.finish()
        self._save()
        return encode(0xBF3F, integer(0, tag=0x80))
