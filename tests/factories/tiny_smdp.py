"""A tiny SM-DP+, written byte by byte from SGP.22, for testing the virtual phone.

It shares nothing with the product's server, and nothing with the card but the PKI's files: it has
its own TLVs, its own signatures, its own protection of packages. Every part can be made wrong: set
an attribute, or pass another value.
"""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

ICCID = bytes.fromhex("988812010000400310f5")
OID_2_999_10 = bytes.fromhex("88370a")


def tlv(tag: str, *parts: bytes) -> bytes:
    """Return a TLV: `tag` is hexadecimal, the parts are its value."""
    value = b"".join(parts)
    size = len(value)
    if size < 128:
        length = bytes([size])
    elif size < 256:
        length = b"\x81" + bytes([size])
    else:
        length = b"\x82" + size.to_bytes(2, "big")
    return bytes.fromhex(tag) + length + value


def fields(value: bytes) -> dict[str, bytes]:
    """Return the TLVs in `value` by their tags: each whole."""
    found, at = {}, 0
    while at < len(value):
        begin = at
        at += 2 if value[at] & 0x1F == 0x1F else 1
        tag, size = value[begin:at].hex(), value[at]
        at += 1
        if size > 127:
            width = size & 0x7F
            size = int.from_bytes(value[at : at + width], "big")
            at += width
        at += size
        found[tag] = value[begin:at]
    return found


def inside(whole: bytes) -> bytes:
    """Return the value of the TLV that `whole` is."""
    at = 2 if whole[0] & 0x1F == 0x1F else 1
    return whole[at + 1 + (whole[at] & 0x7F if whole[at] > 127 else 0) :]


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """Return a signature as its TLV."""
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
    return tlv("5f37", r.to_bytes(32, "big"), s.to_bytes(32, "big"))


def check(certificate: bytes, signature: bytes, data: bytes) -> None:
    """Raise InvalidSignature unless the TLV `signature` is the certificate's over `data`."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    raw = inside(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))


def metadata(iccid: bytes = ICCID, *others: bytes) -> bytes:
    """Return StoreMetadata; `others` are further fields, after the names."""
    names = tlv("91", b"Limosa"), tlv("92", "旅行 5 GB".encode())
    return tlv("bf25", tlv("5a", iccid), *names, *others)


def notified(*events: int, address: str = "smdp.example.com") -> bytes:
    """Return a notification configuration: `events` are bits, 0 for installation."""
    byte = sum(0x80 >> event for event in events)
    spare = 7 - max(events)
    return tlv("30", tlv("80", bytes([spare, byte])), tlv("81", address.encode()))


def profile(iccid: bytes = ICCID, *, size: int = 2500) -> bytes:
    """Return a small profile package: a header, a long element, an end.

    The header has the ICCID's digits in their order; `iccid` is as in EF.ICCID, in swapped pairs.
    """
    iccid = bytes.fromhex("".join(pair[::-1] for pair in re.findall("..", iccid.hex())))
    header = tlv("a0", tlv("80", b"\x02"), tlv("81", b"\x03"), tlv("82", b"t"), tlv("83", iccid))
    filling = tlv("a1", tlv("a0", tlv("80", b"\x00"), tlv("81", b"\x02")), tlv("83", bytes(size)))
    return header + filling + tlv("aa", tlv("a0", tlv("80", b"\x00"), tlv("81", b"\x03")))


class Protection:
    """Session keys with their counter and chain, as SGP.22 section 2.6.4 has them."""

    def __init__(self, chain: bytes, enc: bytes, mac: bytes) -> None:
        self.chain, self.enc, self.mac = chain, enc, mac
        self.counter = 1

    def authenticated(self, tag: str, content: bytes) -> bytes:
        whole = tlv(tag, content, bytes(8))[:-8]
        cmac = CMAC(algorithms.AES(self.mac))
        cmac.update(self.chain + whole)
        self.chain = cmac.finalize()
        return whole + self.chain[:8]

    def plain(self, tag: str, content: bytes) -> bytes:
        self.counter += 1
        return self.authenticated(tag, content)

    def encrypted(self, tag: str, content: bytes) -> bytes:
        padded = content + b"\x80"
        padded += bytes(-len(padded) % 16)
        ecb = Cipher(algorithms.AES(self.enc), modes.ECB()).encryptor()  # noqa: S305  (one block)
        initial = ecb.update(self.counter.to_bytes(16, "big"))
        self.counter += 1
        cbc = Cipher(algorithms.AES(self.enc), modes.CBC(initial)).encryptor()
        return self.authenticated(tag, cbc.update(padded) + cbc.finalize())


@dataclass
class Package:
    """The parts of a Bound Profile Package, to be changed before it is cut into segments."""

    initialise: bytes
    configure: bytes
    metadata: list[bytes]
    keys: bytes
    elements: list[bytes]

    def whole(self) -> bytes:
        sequences = [tlv("a0", self.configure), tlv("a1", *self.metadata)]
        if self.keys:
            sequences.append(tlv("a2", self.keys))
        return tlv("bf36", self.initialise, *sequences, tlv("a3", *self.elements))

    def segments(self) -> list[bytes]:
        """Return the segments as SGP.22 section 2.5.5 cuts them, by hand."""
        whole = self.whole()
        head = whole[: len(whole) - len(inside(whole))]
        found = [head + self.initialise, tlv("a0", self.configure)]
        found += [_head("a1", self.metadata), *self.metadata]
        if self.keys:
            found.append(tlv("a2", self.keys))
        return [*found, _head("a3", self.elements), *self.elements]


def _head(tag: str, parts: list[bytes]) -> bytes:
    whole = tlv(tag, *parts)
    return whole[: len(whole) - sum(map(len, parts))]


@dataclass
class TinySmdp:
    """One download. `pki` is the folder of a curve."""

    pki: Path
    address: str = "smdp.example.com"
    transaction_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    server_challenge: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    auth_name: str = "dp_auth"
    binding_name: str = "dp_pb"
    oid: bytes = OID_2_999_10
    eid: bytes = b""
    euicc_signature_1: bytes = b""
    euicc_point: bytes = b""
    euicc_certificate: bytes = b""

    def certificate(self, name: str) -> bytes:
        return (self.pki / f"{name}.der").read_bytes()

    def key(self, name: str) -> ec.EllipticCurvePrivateKey:
        found = load_pem_private_key((self.pki / f"{name}.key").read_bytes(), None)
        assert isinstance(found, ec.EllipticCurvePrivateKey)
        return found

    def ci_key_id(self) -> bytes:
        ci = x509.load_der_x509_certificate(self.certificate("ci"))
        return ci.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest

    def signed_1(self, challenge: bytes) -> bytes:
        return tlv(
            "30",
            tlv("80", self.transaction_id),
            tlv("81", challenge),
            tlv("83", self.address.encode()),
            tlv("84", self.server_challenge),
        )

    def authenticate_server(self, challenge: bytes, matching_id: str = "TEST-0001") -> bytes:
        """Return AuthenticateServerRequest."""
        signed = self.signed_1(challenge)
        return tlv(
            "bf38",
            signed,
            sign(self.key(self.auth_name), signed),
            tlv("04", self.ci_key_id()),
            self.certificate(self.auth_name),
            tlv("a0", tlv("80", matching_id.encode()), tlv("a1", tlv("80", b"5290"), tlv("a1"))),
        )

    def take_authentication(self, response: bytes) -> dict[str, bytes]:
        """Verify an AuthenticateServerResponse, and return euiccSigned1's fields."""
        answer = inside(response)
        assert answer[0] == 0xA0, answer.hex()
        parts = _in_order(inside(answer))
        signed, signature, self.euicc_certificate, eum = parts
        check(self.euicc_certificate, signature, signed)
        _check_issued(self.euicc_certificate, eum)
        _check_issued(eum, self.certificate("ci"))
        self.euicc_signature_1 = signature
        serial = x509.load_der_x509_certificate(self.euicc_certificate).subject
        names = serial.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)
        self.eid = bytes.fromhex(str(names[0].value))
        return fields(inside(signed))

    def prepare_download(
        self, *, needs_code: bool = False, code_hash: bytes = b"", offered: bytes = b""
    ) -> bytes:
        """Return PrepareDownloadRequest."""
        signed = tlv(
            "30",
            tlv("80", self.transaction_id),
            tlv("01", b"\xff" if needs_code else b"\x00"),
            tlv("5f49", offered) if offered else b"",
        )
        return tlv(
            "bf21",
            signed,
            sign(self.key(self.binding_name), signed + self.euicc_signature_1),
            tlv("04", code_hash) if code_hash else b"",
            self.certificate(self.binding_name),
        )

    def take_preparation(self, request: bytes, response: bytes) -> dict[str, bytes]:
        """Verify a PrepareDownloadResponse, and return euiccSigned2's fields."""
        answer = inside(response)
        assert answer[0] == 0xA0, answer.hex()
        signed, signature = _in_order(inside(answer))
        smdp_signature = fields(inside(request))["5f37"]
        check(self.euicc_certificate, signature, signed + smdp_signature)
        found = fields(inside(signed))
        self.euicc_point = inside(found["5f49"])
        return found

    def hash_of(self, code: str) -> bytes:
        return sha256(sha256(code.encode()).digest() + self.transaction_id).digest()

    def package(
        self,
        *,
        store_metadata: bytes = b"",
        content: bytes = b"",
        replaces_keys: bool = True,
        segment_bytes: int = 1007,
        operation: int = 1,
        key_type: int = 0x88,
        host_id: bytes = b"limosa",
        dp_oid: bytes = b"",
        one_time: ec.EllipticCurvePrivateKey | None = None,
    ) -> Package:
        """Return a Bound Profile Package."""
        own = self.key(self.binding_name)
        one_time = one_time or ec.generate_private_key(own.curve)
        initialise = self._initialise(own, one_time, operation, key_type, host_id)
        other = ec.EllipticCurvePublicKey.from_encoded_point(own.curve, self.euicc_point)
        shared = bytes([0x88, 16, len(host_id)]) + host_id + bytes([16]) + self.eid
        derived = X963KDF(SHA256(), 48, shared).derive(one_time.exchange(ec.ECDH(), other))
        protection = Protection(derived[:16], derived[16:32], derived[32:])
        oid = tlv("b8", tlv("80", dp_oid or self.oid))
        configure = protection.encrypted("87", tlv("bf24", oid))
        stored = store_metadata or metadata()
        parts = [
            protection.plain("88", stored[at : at + 1008]) for at in range(0, len(stored), 1008)
        ]
        keys = b""
        if replaces_keys:
            fresh = [secrets.token_bytes(16) for _ in range(3)]
            names = ("80", "81", "82")
            inner = [tlv(tag, key) for tag, key in zip(names, fresh, strict=True)]
            keys = protection.encrypted("87", tlv("bf26", *inner))
            protection = Protection(*fresh)
        content = content or profile()
        elements = [
            protection.encrypted("86", content[at : at + segment_bytes])
            for at in range(0, len(content), segment_bytes)
        ]
        return Package(initialise, configure, parts, keys, elements)

    def _initialise(
        self,
        own: ec.EllipticCurvePrivateKey,
        one_time: ec.EllipticCurvePrivateKey,
        operation: int,
        key_type: int,
        host_id: bytes,
    ) -> bytes:
        point = one_time.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        key = tlv("80", bytes([key_type])), tlv("81", b"\x10"), tlv("84", host_id)
        parts = (
            tlv("82", bytes([operation])),
            tlv("80", self.transaction_id),
            tlv("a6", *key),
            tlv("5f49", point),
        )
        signed = b"".join((*parts, tlv("5f49", self.euicc_point)))
        return tlv("bf23", *parts, sign(own, signed))


def _in_order(value: bytes) -> list[bytes]:
    """Return the TLVs in `value`, one after the other."""
    found = []
    while value:
        head = 2 if value[0] & 0x1F == 0x1F else 1
        width = value[head] & 0x7F if value[head] > 127 else 0
        size = int.from_bytes(value[head + 1 : head + 1 + width], "big") if width else value[head]
        end = head + 1 + width + size
        found.append(value[:end])
        value = value[end:]
    return found


def _check_issued(certificate: bytes, issuer: bytes) -> None:
    child = x509.load_der_x509_certificate(certificate)
    child.verify_directly_issued_by(x509.load_der_x509_certificate(issuer))
