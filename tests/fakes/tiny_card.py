"""A card and its phone in one, in a few pages: bytes by hand, and none of the product's code.

It does what SGP.22 has a card do in a download, asserts what a card verifies, and speaks the JSON
of ES9+: bodies in, bodies out. The virtual phone is the thorough one; this one proves the server's
bytes where no process runs.
"""

import base64
import hashlib
import json
import secrets
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from tests.factories.sgp22 import ADDRESS, EID, OWNER_OID, World
from tests.fakes.card_ciphers import AesBlock, cmac, decrypt_cbc, x963

ECDSA = ec.ECDSA(hashes.SHA256())
SEGMENT_MAX, PLAIN_MAX = 1020, 1007


def tlv(tag: str, *parts: bytes) -> bytes:
    """Return a TLV; the tag is given in hexadecimal."""
    value = b"".join(parts)
    size = len(value)
    if size < 128:
        length = bytes([size])
    else:
        content = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes([0x80 + len(content)]) + content
    return bytes.fromhex(tag) + length + value


def split(data: bytes) -> list[tuple[str, bytes, bytes]]:
    """Return the TLVs in `data`: tag, value, and all of it."""
    found, at = [], 0
    while at < len(data):
        start = at
        at += 1
        if data[start] & 0x1F == 0x1F:
            while data[at] & 0x80:
                at += 1
            at += 1
        tag = data[start:at].hex().upper()
        length = data[at]
        at += 1
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[at : at + count], "big")
            at += count
        assert at + length <= len(data)
        found.append((tag, data[at : at + length], data[start : at + length]))
        at += length
    return found


def one(data: bytes, tag: str) -> bytes:
    [(found, value, _)] = split(data)
    assert found == tag
    return value


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(data, ECDSA))
    return tlv("5F37", r.to_bytes(32, "big"), s.to_bytes(32, "big"))


def verify(certificate: x509.Certificate, signature: bytes, data: bytes) -> None:
    raw = one(signature, "5F37")
    assert len(raw) == 64
    encoded = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(encoded, data, ECDSA)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def answered(body: bytes) -> dict[str, Any]:
    """Return the fields of an answer that says yes, base 64 decoded."""
    fields: dict[str, Any] = json.loads(body)
    assert fields["header"]["functionExecutionStatus"]["status"] == "Executed-Success", fields
    return {
        name: value if name == "transactionId" else base64.b64decode(value)
        for name, value in fields.items()
        if name != "header"
    }


class TinyCard:
    """One card. `retries` keep its one-time key, as after a broken download."""

    def __init__(self, world: World, *, eid: str = EID, address: str = ADDRESS) -> None:
        self.world, self.eid, self.address = world, eid, address
        self.version = bytes([2, 2, 0])
        self.free_bytes = 300_000
        self.one_time_key: ec.EllipticCurvePrivateKey | None = None
        self.sequence_number = 0
        # What a test puts in place of the right thing.
        self.point = b""
        self.code_salt = b""
        self.resources: bytes | None = None
        self.capabilities = tlv("88", bytes.fromhex("0490"))
        self.rules = b""  # The policy rules that it forbids.
        self.offer = b""  # For a test to keep one in.

    # The phone asks

    def initiate_body(self) -> bytes:
        self.challenge = secrets.token_bytes(16)
        ids = tlv("04", self.world.ci.key_id)
        info = tlv("BF20", tlv("82", self.version), tlv("A9", ids), tlv("AA", ids))
        return json.dumps(
            {
                "euiccChallenge": b64(self.challenge),
                "euiccInfo1": b64(info),
                "smdpAddress": self.address,
            }
        ).encode()

    def authenticate_body(self, answer: bytes, *, matching_id: str | bytes | None = None) -> bytes:
        """Verify the server, and return the card's proof."""
        fields = answered(answer)
        self.transaction_id = bytes.fromhex(fields["transactionId"])
        signed = fields["serverSigned1"]
        certificate = self._server_certificate(fields["serverCertificate"], role="4")
        verify(certificate, fields["serverSignature1"], signed)
        assert one(fields["euiccCiPKIdToBeUsed"], "04") == self.world.ci.key_id
        parts = split(one(signed, "30"))
        assert [tag for tag, _, _ in parts] == ["80", "81", "83", "84"]
        assert parts[0][1] == self.transaction_id
        assert parts[1][1] == self.challenge
        assert parts[2][1].decode() == self.address
        self.server_challenge = parts[3][1]
        self.server_oid = _owner(certificate)
        return self._body(authenticateServerResponse=self.authenticate_response(matching_id))

    def authenticate_response(self, matching_id: str | bytes | None) -> bytes:
        self.signed1 = self.make_signed1(matching_id)
        self.signature1 = sign(self.world.card.key, self.signed1)
        parts = (self.signed1, self.signature1, self.world.card.der, self.world.eum.der)
        return tlv("BF38", tlv("A0", *parts))

    def make_signed1(self, matching_id: str | bytes | None) -> bytes:
        wanted = matching_id.encode() if isinstance(matching_id, str) else matching_id
        asked = tlv("80", wanted) if wanted is not None else b""
        device = tlv("A1", tlv("80", bytes.fromhex("35290611")), tlv("A1"))
        return tlv(
            "30",
            tlv("80", self.transaction_id),
            tlv("83", self.address.encode()),
            tlv("84", self.server_challenge),
            self.info2(),
            tlv("A0", asked, device),
        )

    def info2(self) -> bytes:
        ids = tlv("04", self.world.ci.key_id)
        free = tlv("82", self.free_bytes.to_bytes(4, "big"))
        resources = tlv("81", b"\x00") + free + tlv("83", bytes(4))
        return tlv(
            "BF22",
            tlv("81", bytes([2, 3, 0])),
            tlv("82", self.version),
            tlv("83", bytes([1, 0, 0])),
            tlv("84", resources if self.resources is None else self.resources),
            tlv("85", bytes.fromhex("047F36C0")),
            tlv("86", bytes([9, 2, 0])),
            tlv("87", bytes([2, 3, 0])),
            self.capabilities,
            tlv("A9", ids),
            tlv("AA", ids),
            tlv("8B", b"\x01"),
            self.rules,
            tlv("04", bytes([1, 0, 0])),
            tlv("0C", b"XX-YY-UP-0000"),
        )

    def prepare_body(self, answer: bytes, *, code: str = "", keeps_key: bool = True) -> bytes:
        """Verify the offer, and return the card's agreement, with a new key if it must."""
        fields = answered(answer)
        assert bytes.fromhex(fields["transactionId"]) == self.transaction_id
        self.metadata, signed = fields["profileMetadata"], fields["smdpSigned2"]
        self.binding_certificate = self._server_certificate(fields["smdpCertificate"], role="5")
        assert _owner(self.binding_certificate) == self.server_oid
        verify(self.binding_certificate, fields["smdpSignature2"], signed + self.signature1)
        parts = split(one(signed, "30"))
        assert parts[0][:2] == ("80", self.transaction_id)
        self.is_code_required = one(parts[1][2], "01") == b"\xff"
        offered = parts[2][1] if parts[2:] else b""
        if not (keeps_key and self.one_time_key and offered == self.one_time_point):
            self.one_time_key = ec.generate_private_key(self.world.card.key.curve)
        salt = self.code_salt or self.transaction_id
        hashed = hashlib.sha256(hashlib.sha256(code.encode()).digest() + salt)
        prepared = tlv(
            "30",
            tlv("80", self.transaction_id),
            tlv("5F49", self.point or self.one_time_point),
            tlv("04", hashed.digest()) if code else b"",
        )
        signature = sign(self.world.card.key, prepared + fields["smdpSignature2"])
        return self._body(prepareDownloadResponse=tlv("BF21", tlv("A0", prepared, signature)))

    @property
    def one_time_point(self) -> bytes:
        assert self.one_time_key
        return self.one_time_key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def cancel_body(self, reason: int = 0, *, oid: str | None = None) -> bytes:
        signed = tlv(
            "30",
            tlv("80", self.transaction_id),
            tlv("81", x509_oid(oid or self.server_oid)),
            tlv("82", bytes([reason])),
        )
        signature = sign(self.world.card.key, signed)
        return self._body(cancelSessionResponse=tlv("BF41", tlv("A0", signed, signature)))

    # What the card takes in

    def install(self, answer: bytes) -> bytes:
        """Verify and decrypt the package; return the profile."""
        whole = answered(answer)["boundProfilePackage"]
        parts = split(one(whole, "BF36"))
        assert [tag for tag, _, _ in parts] == ["BF23", "A0", "A1", "A2", "A3"]
        opener = Opener(self._session_keys(parts[0][1]))
        assert opener.decrypt(parts[1][1], "87") == tlv("BF24")
        assert opener.read(parts[2][1], "88") == self.metadata
        replaced = split(one(opener.decrypt(parts[3][1], "87"), "BF26"))
        assert [tag for tag, _, _ in replaced] == ["80", "81", "82"]
        return Opener(b"".join(value for _, value, _ in replaced)).decrypt(parts[4][1], "86")

    def _session_keys(self, channel: bytes) -> bytes:
        parts = split(channel)
        assert [tag for tag, _, _ in parts] == ["82", "80", "A6", "5F49", "5F37"]
        assert parts[0][1] == b"\x01"
        assert parts[1][1] == self.transaction_id
        control = split(parts[2][1])
        assert [(tag, value) for tag, value, _ in control[:2]] == [("80", b"\x88"), ("81", b"\x10")]
        signed = b"".join(raw for _, _, raw in parts[:4]) + tlv("5F49", self.one_time_point)
        verify(self.binding_certificate, parts[4][2], signed)
        assert self.one_time_key
        peer = ec.EllipticCurvePublicKey.from_encoded_point(self.one_time_key.curve, parts[3][1])
        secret = self.one_time_key.exchange(ec.ECDH(), peer)
        host_id, eid = control[2][1], bytes.fromhex(self.eid)
        shared = bytes([0x88, 16, len(host_id)]) + host_id + bytes([len(eid)]) + eid
        return x963(secret, shared, 48)

    # What it reports

    def installation_result(
        self,
        *,
        error: tuple[int, int] | None = None,
        iccid: bytes | None = None,
        oid: str | None = None,
    ) -> bytes:
        iccid = split(one(self.metadata, "BF25"))[0][1] if iccid is None else iccid
        if error:
            result = tlv("A1", tlv("80", _number(error[0])), tlv("81", _number(error[1])))
        else:
            result = tlv("A0", tlv("4F", bytes.fromhex("A0000005591010FFFFFFFF8900001100")))
        data = tlv(
            "BF27",
            tlv("80", self.transaction_id),
            self._notification_metadata("0780", iccid=iccid),
            tlv("06", x509_oid(oid or self.server_oid)),
            tlv("A2", result),
        )
        return tlv("BF37", data, sign(self.world.card.key, data))

    def other_notification(self, event: int, *, iccid: bytes) -> bytes:
        metadata = self._notification_metadata(
            {1: "0640", 2: "0520", 3: "0410"}[event], iccid=iccid
        )
        signature = sign(self.world.card.key, metadata)
        return tlv("30", metadata, signature, self.world.card.der, self.world.eum.der)

    def _notification_metadata(self, operation: str, *, iccid: bytes) -> bytes:
        self.sequence_number = number = self.sequence_number + 1
        return tlv(
            "BF2F",
            tlv("80", number.to_bytes(number.bit_length() // 8 + 1, "big")),
            tlv("81", bytes.fromhex(operation)),
            tlv("0C", self.address.encode()),
            tlv("5A", iccid),
        )

    def notification_body(self, notification: bytes) -> bytes:
        return json.dumps({"pendingNotification": b64(notification)}).encode()

    def _server_certificate(self, der: bytes, *, role: str) -> x509.Certificate:
        certificate = x509.load_der_x509_certificate(der)
        certificate.verify_directly_issued_by(self.world.ci.certificate)
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
        assert [p.policy_identifier.dotted_string for p in policies] == [f"2.23.146.1.2.1.{role}"]
        return certificate

    def _body(self, **values: bytes) -> bytes:
        fields = {name: b64(value) for name, value in values.items()}
        return json.dumps({"transactionId": self.transaction_id.hex()} | fields).encode()


class Opener:
    """The protection of segments as the card undoes it."""

    def __init__(self, keys: bytes) -> None:
        assert len(keys) == 48
        self.chaining, self.encryption, self.mac = keys[:16], keys[16:32], keys[32:]
        self.number = 0

    def _checked(self, segments: bytes, tag: str) -> list[bytes]:
        found = []
        for got, value, raw in split(segments):
            assert got == tag
            assert len(raw) <= SEGMENT_MAX
            full = cmac(self.mac, self.chaining + raw[:-8])
            assert full[:8] == raw[-8:]
            self.chaining = full
            found.append(value[:-8])
        return found

    def read(self, segments: bytes, tag: str) -> bytes:
        found = self._checked(segments, tag)
        self.number += len(found)
        assert all(len(part) <= PLAIN_MAX for part in found)
        return b"".join(found)

    def decrypt(self, segments: bytes, tag: str) -> bytes:
        whole = b""
        for part in self._checked(segments, tag):
            self.number += 1
            vector = AesBlock(self.encryption).encrypt(self.number.to_bytes(16, "big"))
            padded = decrypt_cbc(self.encryption, vector, part).rstrip(b"\x00")
            assert padded[-1] == 0x80
            assert len(padded) - 1 <= PLAIN_MAX
            whole += padded[:-1]
        return whole


def _number(number: int) -> bytes:
    return number.to_bytes(1, "big", signed=True)


def _owner(certificate: x509.Certificate) -> str:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.RegisteredID)[0].dotted_string


def x509_oid(dotted: str) -> bytes:
    """Return the content of an object identifier; OWNER_OID is the one of which it is needed."""
    known = {OWNER_OID: "88370A", "2.999.11": "88370B"}
    return bytes.fromhex(known[dotted])
