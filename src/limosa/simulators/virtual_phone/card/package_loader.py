"""Installing a Bound Profile Package, segment by segment, as ES10b.LoadBoundProfilePackage gets it.

The segments arrive as the standard cuts them: the package's head with InitialiseSecureChannel; the
head of the first sequence with ConfigureISDP; the head of the second alone; each StoreMetadata; the
head of the third with ReplaceSessionKeys, if there is one; the head of the fourth alone; each
segment of the profile. The lengths in the heads must be those of what follows.

Sources: SGP.22 sections 2.5.3 to 2.5.5 (structure and segmentation), 5.5.1 to 5.5.5 (ES8+).
"""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from limosa.protocols.sgp22.tlv import TlvError, encode
from limosa.simulators.virtual_phone.card.profile_package import (
    PACKAGE_BYTES_MAX,
    ProfilePackage,
    read_package,
)
from limosa.simulators.virtual_phone.card.results import (
    BppCommand,
    ErrorReason,
    InstallationFailed,
)
from limosa.simulators.virtual_phone.card.secure_messaging import (
    KEY_BYTES,
    KEY_TYPE_AES,
    SecureMessaging,
)
from limosa.simulators.virtual_phone.der_values import Fields, read_integer, read_oid, read_one
from limosa.simulators.virtual_phone.elliptic import (
    BadSignature,
    read_point,
    shared_secret,
    verify,
)
from limosa.simulators.virtual_phone.heads import Head, read_head
from limosa.simulators.virtual_phone.metadata import Metadata, read_metadata

_INSTALL_BPP = 1
_PROPRIETARY_BYTES_MAX = 128
_METADATA_BYTES_MAX = 2048

# Refuses metadata that the card can't accept: a known ICCID, a policy that isn't allowed.
MetadataCheck = Callable[[Metadata], None]


@dataclass(frozen=True, slots=True)
class Binding:
    """What the session has established before the package arrives."""

    transaction_id: bytes
    smdp_oid: str
    smdp_key: ec.EllipticCurvePublicKey
    curve: str
    own_key: ec.EllipticCurvePrivateKey
    own_point: bytes
    eid: bytes


@dataclass(frozen=True, slots=True)
class LoadedProfile:
    metadata: Metadata
    metadata_bytes: bytes
    package: ProfilePackage


class PackageLoader:
    """Takes segments until the profile is whole. After InstallationFailed it takes no more."""

    def __init__(self, binding: Binding, check_metadata: MetadataCheck) -> None:
        self.command = BppCommand.INITIALISE_SECURE_CHANNEL
        self._binding, self._check_metadata = binding, check_metadata
        self._next: Callable[[bytes], LoadedProfile | None] = self._initialise
        self._messaging: SecureMessaging | None = None
        self._whole_left = 0  # What of the package has not arrived yet,
        self._part_left = 0  # and what of the present sequence has not.
        self._content = bytearray()
        self._metadata: Metadata | None = None
        self._metadata_bytes = b""

    @property
    def iccid(self) -> bytes:
        """The ICCID that the metadata says; empty while it isn't known."""
        return self._metadata.iccid if self._metadata else b""

    def take(self, segment: bytes) -> LoadedProfile | None:
        """Take the next segment; returns the profile with the last one. Raises
        InstallationFailed."""
        try:
            return self._next(segment)
        except TlvError as error:
            raise InstallationFailed(ErrorReason.INCORRECT_INPUT_VALUES, str(error)) from error

    def _initialise(self, segment: bytes) -> None:
        head = self._read_head(segment, 0xBF36)
        self._whole_left = head.length
        request = self._count(segment[head.size :])
        fields = Fields(read_one(request, tag=0xBF23))
        operation, transaction_id = fields.take(0x82), fields.take(0x80)
        template, smdp_point = fields.take(0xA6), fields.take(0x5F49)
        signature = fields.take(0x5F37)
        fields.finish()
        own_point = encode(0x5F49, self._binding.own_point)
        signed = operation.raw + transaction_id.raw + template.raw + smdp_point.raw + own_point
        try:
            verify(self._binding.smdp_key, signature.value, signed)
        except BadSignature as error:
            raise InstallationFailed(
                ErrorReason.INVALID_SIGNATURE, f"InitialiseSecureChannel's signature is {error}"
            ) from error
        if read_integer(operation.value) != _INSTALL_BPP:
            raise InstallationFailed(
                ErrorReason.UNSUPPORTED_REMOTE_OPERATION_TYPE, "it is not an installation"
            )
        if transaction_id.value != self._binding.transaction_id:
            raise InstallationFailed(
                ErrorReason.INVALID_TRANSACTION_ID, "it is of another transaction"
            )
        host_id = _host_id(Fields(template))
        self._agree(smdp_point.value, host_id)
        self._advance(BppCommand.CONFIGURE_ISDP, self._configure)

    def _agree(self, smdp_point: bytes, host_id: bytes) -> None:
        try:
            smdp_key = read_point(smdp_point, self._binding.curve)
        except ValueError as error:
            raise InstallationFailed(
                ErrorReason.INCORRECT_INPUT_VALUES, f"the server's one-time key: {error}"
            ) from error
        secret = shared_secret(self._binding.own_key, smdp_key)
        self._messaging = SecureMessaging.from_shared_secret(
            secret, host_id=host_id, eid=self._binding.eid
        )

    def _configure(self, segment: bytes) -> None:
        protected = self._open_sequence(segment, 0xA0)
        plain = self._channel.open(self._whole_part(protected), tag=0x87)
        fields = Fields(read_one(plain, tag=0xBF24))
        proprietary = fields.take_if(0xB8)
        fields.finish()
        if proprietary is not None:
            if len(proprietary.raw) > _PROPRIETARY_BYTES_MAX:
                raise TlvError("the server's own data is too long")
            self._check_owner(read_oid(Fields(proprietary).take(0x80).value))
        self._advance(BppCommand.STORE_METADATA, self._open_metadata)

    def _check_owner(self, oid: str) -> None:
        own = self._binding.smdp_oid
        if oid != own and not oid.startswith(f"{own}."):
            raise TlvError(f"ConfigureISDP names {oid}, and the certificate {own}")

    def _open_metadata(self, segment: bytes) -> None:
        if self._open_sequence(segment, 0xA1):
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR, "the head of the metadata doesn't come alone"
            )
        self._advance(BppCommand.STORE_METADATA, self._store_metadata)

    def _store_metadata(self, segment: bytes) -> None:
        self._content += self._channel.open_plain(self._count_part(segment), tag=0x88)
        if len(self._content) > _METADATA_BYTES_MAX:
            raise TlvError("metadata that is too long")
        if self._part_left:
            return
        metadata_bytes = bytes(self._content)
        self._metadata = read_metadata(metadata_bytes)
        self._check_metadata(self._metadata)
        self._metadata_bytes = metadata_bytes
        self._content.clear()
        self._advance(BppCommand.LOAD_PROFILE_ELEMENTS, self._open_keys_or_profile)

    def _open_keys_or_profile(self, segment: bytes) -> None:
        if segment[:1] == b"\xa2":
            self.command = BppCommand.REPLACE_SESSION_KEYS
            self._replace_keys(segment)
            self._advance(BppCommand.LOAD_PROFILE_ELEMENTS, self._open_profile)
        else:
            self._open_profile(segment)

    def _replace_keys(self, segment: bytes) -> None:
        protected = self._open_sequence(segment, 0xA2)
        plain = self._channel.open(self._whole_part(protected), tag=0x87)
        fields = Fields(read_one(plain, tag=0xBF26))
        chaining_value, encryption, mac = (fields.take(tag).value for tag in (0x80, 0x81, 0x82))
        fields.finish()
        if not len(chaining_value) == len(encryption) == len(mac) == KEY_BYTES:
            raise InstallationFailed(
                ErrorReason.INCORRECT_INPUT_VALUES, "keys of another length than the session's"
            )
        self._messaging = SecureMessaging(
            encryption=encryption, mac=mac, chaining_value=chaining_value
        )

    def _open_profile(self, segment: bytes) -> None:
        if self._open_sequence(segment, 0xA3):
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR, "the head of the profile doesn't come alone"
            )
        if self._part_left != self._whole_left:
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR, "the profile isn't the rest of the package"
            )
        self._advance(BppCommand.LOAD_PROFILE_ELEMENTS, self._load)

    def _load(self, segment: bytes) -> LoadedProfile | None:
        self._content += self._channel.open(self._count_part(segment), tag=0x86)
        if len(self._content) > PACKAGE_BYTES_MAX:
            raise InstallationFailed(ErrorReason.INSUFFICIENT_MEMORY, "the profile is too large")
        if self._part_left:
            return None
        package = read_package(bytes(self._content))
        assert self._metadata is not None  # noqa: S101  (its command was before this one)
        if package.iccid != self._metadata.iccid:
            raise InstallationFailed(
                ErrorReason.ICCID_MISMATCH, "the profile's ICCID is not the metadata's"
            )
        return LoadedProfile(self._metadata, self._metadata_bytes, package)

    @property
    def _channel(self) -> SecureMessaging:
        assert self._messaging is not None  # noqa: S101  (made by the first command)
        return self._messaging

    def _advance(
        self, command: BppCommand, handler: Callable[[bytes], LoadedProfile | None]
    ) -> None:
        self.command, self._next = command, handler

    def _open_sequence(self, segment: bytes, tag: int) -> bytes:
        """Begin a sequence of the package; returns what follows its head."""
        head = self._read_head(segment, tag)
        self._count(segment[: head.size])
        self._part_left = head.length
        if self._part_left > self._whole_left:
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR, "a sequence is longer than the package"
            )
        return segment[head.size :]

    def _whole_part(self, content: bytes) -> bytes:
        """Count the only segment of a sequence."""
        self._count_part(content)
        if self._part_left:
            raise InstallationFailed(ErrorReason.STRUCTURE_ERROR, "a sequence has a second segment")
        return content

    def _count_part(self, content: bytes) -> bytes:
        self._part_left -= len(content)
        if self._part_left < 0:
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR, "a sequence is longer than its head says"
            )
        return self._count(content)

    def _count(self, content: bytes) -> bytes:
        self._whole_left -= len(content)
        if self._whole_left < 0:
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR, "the package is longer than its head says"
            )
        return content

    @staticmethod
    def _read_head(segment: bytes, tag: int) -> Head:
        try:
            head = read_head(segment)
        except TlvError as error:
            raise InstallationFailed(ErrorReason.STRUCTURE_ERROR, str(error)) from error
        if head.tag != tag:
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR, f"tag {head.tag:X} where {tag:X} was expected"
            )
        return head


def _host_id(template: Fields) -> bytes:
    """Return the host's id from the control reference template. Raises InstallationFailed."""
    key_type, key_length, host_id = (template.take(tag).value for tag in (0x80, 0x81, 0x84))
    template.finish()
    if (key_type, key_length) != (bytes((KEY_TYPE_AES,)), bytes((KEY_BYTES,))):
        raise InstallationFailed(ErrorReason.UNSUPPORTED_CRT_VALUES, "keys other than AES-128")
    if not 0 < len(host_id) <= 16:
        raise InstallationFailed(ErrorReason.UNSUPPORTED_CRT_VALUES, "a host id of a wrong length")
    return host_id
