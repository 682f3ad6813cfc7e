"""The card's side of a session with a server: challenge, authentication, preparation, cancelling.

Sources: SGP.22 sections 5.7.5 (PrepareDownload), 5.7.7 (GetEUICCChallenge), 5.7.13
(AuthenticateServer), 5.7.14 (CancelSession).
"""

import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from limosa.protocols.sgp22.tlv import Tlv, TlvError, encode
from limosa.simulators.virtual_phone.card.information import euicc_info_2
from limosa.simulators.virtual_phone.card.memory import (
    ONE_TIME_KEYS_MAX,
    Loading,
    Memory,
    OneTimeKey,
)
from limosa.simulators.virtual_phone.card.package_loader import Binding
from limosa.simulators.virtual_phone.card.results import (
    AuthenticateError,
    AuthenticateRefused,
    CancelReason,
    DownloadError,
    DownloadRefused,
)
from limosa.simulators.virtual_phone.card.server_trust import (
    DP_AUTH_ROLE,
    DP_PB_ROLE,
    ServerCertificate,
    UnsupportedCurve,
    Untrusted,
    WrongRole,
    check_server_certificate,
)
from limosa.simulators.virtual_phone.card.signer import SIGNATURE, Signer
from limosa.simulators.virtual_phone.der_values import (
    BOOLEAN,
    OCTET_STRING,
    SEQUENCE,
    Fields,
    integer,
    oid_value,
    read_boolean,
    read_integer,
    read_text,
)
from limosa.simulators.virtual_phone.elliptic import BadSignature, new_key, point, verify

log = logging.getLogger(__name__)

_CHALLENGE_BYTES = 16
_TRANSACTION_ID_BYTES_MAX = 16
_HASH_BYTES = 32
_INVALID_TRANSACTION_ID = 5


@dataclass(frozen=True, slots=True)
class _Server:
    """A server that has authenticated itself."""

    transaction_id: bytes
    address: str
    certificate: ServerCertificate
    signer: Signer
    euicc_signature: bytes  # euiccSignature1 as a TLV: the server signs it with its next message.


@dataclass(frozen=True, slots=True)
class _Prepared:
    key: OneTimeKey
    certificate: ServerCertificate


class Session:
    """One session at a time; a new challenge ends the one before. `save` writes the memory."""

    def __init__(
        self, memory: Memory, signers: Mapping[bytes, Signer], save: Callable[[], None]
    ) -> None:
        self._memory, self._signers, self._save = memory, signers, save
        self._challenge = b""
        self._server: _Server | None = None
        self._prepared: _Prepared | None = None

    def end(self) -> None:
        self._challenge, self._server, self._prepared = b"", None, None

    def new_challenge(self) -> bytes:
        self.end()
        self._challenge = secrets.token_bytes(_CHALLENGE_BYTES)
        return encode(0xBF2E, encode(0x80, self._challenge))

    def authenticate(self, request: Tlv) -> bytes:
        """Answer ES10b.AuthenticateServer. A challenge serves once, whatever comes of it."""
        challenge, self._challenge = self._challenge, b""
        self._server, self._prepared = None, None
        transaction_id = b""
        try:
            fields = Fields(request)
            signed, signature = fields.take(SEQUENCE), fields.take(SIGNATURE)
            transaction_id = _transaction_id(Fields(signed))
            ci_key_id, certificate = fields.take(OCTET_STRING).value, fields.take(SEQUENCE)
            context = fields.take(0xA0)
            fields.finish()
            _need_challenge(challenge)
            signer, server = self._authenticated(ci_key_id, certificate, signed, signature)
            address, server_challenge = _server_says(signed, challenge)
        except TlvError as error:
            return _authenticate_error(transaction_id, AuthenticateError.UNDEFINED_ERROR, error)
        except AuthenticateRefused as error:
            return _authenticate_error(transaction_id, error.code, error)
        said = encode(
            SEQUENCE,
            encode(0x80, transaction_id),
            encode(0x83, address.encode()),
            encode(0x84, server_challenge),
            euicc_info_2(self._signers.values()),
            context.raw,
        )
        own_signature = signer.signature(said)
        self._server = _Server(transaction_id, address, server, signer, own_signature)
        answer = encode(0xA0, said, own_signature, signer.certificate, signer.eum_certificate)
        return encode(0xBF38, answer)

    def _authenticated(
        self, ci_key_id: bytes, certificate: Tlv, signed: Tlv, signature: Tlv
    ) -> tuple[Signer, ServerCertificate]:
        signer = self._signers.get(ci_key_id)
        if signer is None:
            raise AuthenticateRefused(AuthenticateError.CI_KEY_UNKNOWN, "an unknown CI")
        try:
            server = check_server_certificate(certificate.raw, ci=signer.ci, role=DP_AUTH_ROLE)
            verify(server.key, signature.value, signed.raw)
        except WrongRole as error:
            raise AuthenticateRefused(AuthenticateError.INVALID_OID, str(error)) from error
        except UnsupportedCurve as error:
            raise AuthenticateRefused(AuthenticateError.UNSUPPORTED_CURVE, str(error)) from error
        except Untrusted as error:
            raise AuthenticateRefused(AuthenticateError.INVALID_CERTIFICATE, str(error)) from error
        except BadSignature as error:
            raise AuthenticateRefused(AuthenticateError.INVALID_SIGNATURE, str(error)) from error
        return signer, server

    def prepare(self, request: Tlv) -> bytes:
        """Answer ES10b.PrepareDownload."""
        transaction_id = self._server.transaction_id if self._server else b""
        try:
            fields = Fields(request)
            signed, signature = fields.take(SEQUENCE), fields.take(SIGNATURE)
            code_hash = fields.take_if(OCTET_STRING)
            certificate = fields.take(SEQUENCE)
            fields.finish()
            transaction_id = transaction_id or _transaction_id(Fields(signed))
            server = self._authenticated_server()
            binding_certificate = _binding_certificate(server, certificate)
            _check_signed_2(server, binding_certificate, signed, signature)
            offered = _check_content_2(server, signed, code_hash)
        except TlvError as error:
            return _download_error(transaction_id, DownloadError.UNDEFINED_ERROR, error)
        except DownloadRefused as error:
            return _download_error(transaction_id, error.code, error)
        key = self._one_time_key(binding_certificate, offered)
        self._prepared = _Prepared(key, binding_certificate)
        said = encode(
            SEQUENCE,
            encode(0x80, transaction_id),
            encode(0x5F49, key.public_key),
            code_hash.raw if code_hash else b"",
        )
        own_signature = server.signer.signature(said + signature.raw)
        return encode(0xBF21, encode(0xA0, said, own_signature))

    def _authenticated_server(self) -> _Server:
        if self._server is None:
            raise DownloadRefused(DownloadError.NO_SESSION_CONTEXT, "no authenticated server")
        return self._server

    def _one_time_key(self, certificate: ServerCertificate, offered: bytes) -> OneTimeKey:
        """Return the key pair that the server offers to use again, if it is still here; the one
        that this session has used; or a new one, which is kept until something is installed."""
        if self._prepared and offered in {b"", self._prepared.key.public_key}:
            return self._prepared.key
        for kept in self._memory.one_time_keys:
            is_theirs = (kept.smdp_oid, kept.curve) == (certificate.oid, certificate.curve)
            if is_theirs and kept.public_key == offered:
                return kept
        private_key = new_key(certificate.curve)
        made = OneTimeKey(
            smdp_oid=certificate.oid,
            curve=certificate.curve,
            public_key=point(private_key.public_key()),
            private_key=private_key.private_bytes(
                Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
            ),
        )
        self._memory.one_time_keys = [*self._memory.one_time_keys, made][-ONE_TIME_KEYS_MAX:]
        self._save()
        return made

    def binding(self) -> tuple[Binding, Loading] | None:
        """Return what an installation needs, and end the session; None if nothing was prepared."""
        if self._server is None or self._prepared is None:
            return None
        server, key = self._server, self._prepared.key
        certificate = self._prepared.certificate
        private_key = load_der_private_key(key.private_key, None)
        assert isinstance(private_key, ec.EllipticCurvePrivateKey)  # noqa: S101  (our own)
        self.end()
        binding = Binding(
            transaction_id=server.transaction_id,
            smdp_oid=certificate.oid,
            smdp_key=certificate.key,
            curve=certificate.curve,
            own_key=private_key,
            own_point=key.public_key,
            eid=bytes.fromhex(self._memory.eid),
        )
        loading = Loading(
            transaction_id=server.transaction_id,
            address=server.address,
            smdp_oid=certificate.oid,
            ci_key_id=server.signer.ci_key_id,
            own_point=key.public_key,
        )
        return binding, loading

    def cancel(self, request: Tlv) -> bytes:
        """Answer ES10b.CancelSession."""
        try:
            fields = Fields(request)
            transaction_id = fields.take(0x80).value
            reason = CancelReason(read_integer(fields.take(0x81).value))
            fields.finish()
        except (TlvError, ValueError):
            return encode(0xBF41, integer(DownloadError.UNDEFINED_ERROR, tag=0x81))
        server = self._server
        if server is None or transaction_id != server.transaction_id:
            return encode(0xBF41, integer(_INVALID_TRANSACTION_ID, tag=0x81))
        said = encode(
            SEQUENCE,
            encode(0x80, transaction_id),
            encode(0x81, oid_value(server.certificate.oid)),
            integer(reason, tag=0x82),
        )
        self.end()
        return encode(0xBF41, encode(0xA0, said, server.signer.signature(said)))


def _need_challenge(challenge: bytes) -> None:
    if not challenge:
        raise AuthenticateRefused(AuthenticateError.NO_SESSION_CONTEXT, "no challenge is out")


def _transaction_id(fields: Fields) -> bytes:
    found = fields.take(0x80).value
    if not 0 < len(found) <= _TRANSACTION_ID_BYTES_MAX:
        raise TlvError(f"a transaction id of {len(found)} bytes")
    return found


def _server_says(signed: Tlv, challenge: bytes) -> tuple[str, bytes]:
    """Return the server's address and its challenge. Raises AuthenticateRefused unless ours came
    back."""
    fields = Fields(signed)
    _transaction_id(fields)
    returned = fields.take(0x81).value
    address = read_text(fields.take(0x83).value, longest=255)
    server_challenge = fields.take(0x84).value
    fields.finish()
    if len(server_challenge) != _CHALLENGE_BYTES:
        raise TlvError(f"a challenge of {len(server_challenge)} bytes")
    if not hmac.compare_digest(returned, challenge):
        raise AuthenticateRefused(
            AuthenticateError.EUICC_CHALLENGE_MISMATCH, "another challenge than ours"
        )
    return address, server_challenge


def _binding_certificate(server: _Server, certificate: Tlv) -> ServerCertificate:
    """Return CERT.DPpb, under the same CI and of the same owner as CERT.DPauth."""
    try:
        found = check_server_certificate(certificate.raw, ci=server.signer.ci, role=DP_PB_ROLE)
    except UnsupportedCurve as error:
        raise DownloadRefused(DownloadError.UNSUPPORTED_CURVE, str(error)) from error
    except Untrusted as error:
        raise DownloadRefused(DownloadError.INVALID_CERTIFICATE, str(error)) from error
    if found.oid != server.certificate.oid:
        raise DownloadRefused(
            DownloadError.INVALID_CERTIFICATE,
            f"CERT.DPpb is {found.oid}'s, CERT.DPauth {server.certificate.oid}'s",
        )
    return found


def _check_signed_2(
    server: _Server, certificate: ServerCertificate, signed: Tlv, signature: Tlv
) -> None:
    try:
        verify(certificate.key, signature.value, signed.raw + server.euicc_signature)
    except BadSignature as error:
        raise DownloadRefused(DownloadError.INVALID_SIGNATURE, str(error)) from error


def _check_content_2(server: _Server, signed: Tlv, code_hash: Tlv | None) -> bytes:
    """Return the one-time key that the server offers to use again; empty if it offers none."""
    fields = Fields(signed)
    if _transaction_id(fields) != server.transaction_id:
        raise DownloadRefused(DownloadError.INVALID_TRANSACTION_ID, "another transaction")
    needs_code = read_boolean(fields.take(BOOLEAN).value)
    offered = fields.take_if(0x5F49)
    fields.finish()
    if needs_code != (code_hash is not None):
        raise DownloadRefused(DownloadError.UNDEFINED_ERROR, "the confirmation code")
    if code_hash is not None and len(code_hash.value) != _HASH_BYTES:
        raise TlvError("a hash of a wrong length")
    return offered.value if offered else b""


def _authenticate_error(transaction_id: bytes, code: AuthenticateError, why: Exception) -> bytes:
    log.info("AuthenticateServer: %s: %s", code.name, why)
    return encode(0xBF38, encode(0xA1, encode(0x80, transaction_id), integer(code)))


def _download_error(transaction_id: bytes, code: DownloadError, why: Exception) -> bytes:
    log.info("PrepareDownload: %s: %s", code.name, why)
    return encode(0xBF21, encode(0xA1, encode(0x80, transaction_id), integer(code)))
