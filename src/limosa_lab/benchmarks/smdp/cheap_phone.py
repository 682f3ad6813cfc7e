"""A phone and its card that cost little: they share the machine with the server that is measured.

Whatever does not depend on the server's answers is made before the clock runs. The card signs what
a card signs, but neither verifies the server nor reads the package: the virtual phone does both.
"""

import base64
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from limosa.protocols.hazmat.curves import point_of
from limosa.protocols.sgp22 import tlv
from limosa.simulators.virtual_phone.pki.certificates import (
    Validity,
    euicc_certificate,
    key_id,
)
from limosa.simulators.virtual_phone.pki.folder import EID_PREFIX, Trust

_ECDSA = ec.ECDSA(hashes.SHA256())
_VERSION = bytes((2, 2, 2))
_OWNER_OID = bytes.fromhex("88370a")  # 2.999.10, which the PKI gives the server.
_DEVICE = tlv.encode(0xA1, tlv.encode(0x80, bytes.fromhex("00101234")), tlv.encode(0xA1))
_MEMORY = tlv.encode(0x82, (512 * 1024).to_bytes(4, "big"))
_INSTALLED = tlv.encode(0xA0, tlv.encode(0x4F, bytes.fromhex("a0000005591010ffffffff8900001100")))
PATH = "/gsma/rsp2/es9plus/"


class AnswerRefused(Exception):
    """The server answered something else than yes."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the cards of one curve, and for which server."""

    trust: Trust
    address: str

    def phones(self, matching_ids: list[str]) -> Iterator["CheapPhone"]:
        """Yield a new phone for each matching id."""
        ids = tlv.encode(0x04, key_id(self.trust.ci))
        keys = tlv.encode(0xA9, ids) + tlv.encode(0xAA, ids)
        now = datetime.now(UTC)  # noqa: TID251 -- no clock is passed to a benchmark.
        valid = Validity(now - timedelta(days=1), now + timedelta(days=1))
        eum = self.trust.eum
        manufacturer = eum.certificate.public_bytes(Encoding.DER)
        for matching_id in matching_ids:
            key = ec.generate_private_key(eum.key.curve)
            eid = EID_PREFIX + f"{secrets.randbelow(10**24):024}"
            card = euicc_certificate(eum, key.public_key(), eid=eid, valid=valid)
            yield CheapPhone(
                address=self.address.encode(),
                matching_id=matching_id.encode(),
                key=key,
                point=point_of(ec.generate_private_key(eum.key.curve).public_key()),
                certificates=card.public_bytes(Encoding.DER) + manufacturer,
                key_ids=keys,
            )


@dataclass(slots=True, kw_only=True)
class CheapPhone:
    """One phone for one download. Each call takes the answer to the one before it."""

    address: bytes
    matching_id: bytes
    key: ec.EllipticCurvePrivateKey
    point: bytes
    certificates: bytes
    key_ids: bytes
    transaction_id: bytes = b""
    iccid: bytes = b""

    def initiate(self) -> tuple[str, bytes]:
        """Return the first call: its function and its body."""
        body = {
            "smdpAddress": self.address.decode(),
            "euiccChallenge": _text(secrets.token_bytes(16)),
            "euiccInfo1": _text(tlv.encode(0xBF20, tlv.encode(0x82, _VERSION), self.key_ids)),
        }
        return "initiateAuthentication", json.dumps(body).encode()

    def authenticate(self, answer: bytes) -> tuple[str, bytes]:
        """Return the second call."""
        fields = _done(answer)
        self.transaction_id = bytes.fromhex(fields["transactionId"])
        server_signed = tlv.read_exactly_one(base64.b64decode(fields["serverSigned1"])).children()
        signed = tlv.encode(
            0x30,
            tlv.encode(0x80, self.transaction_id),
            tlv.encode(0x83, self.address),
            tlv.encode(0x84, server_signed[-1].value),
            self._information(),
            tlv.encode(0xA0, tlv.encode(0x80, self.matching_id), _DEVICE),
        )
        proof = tlv.encode(0xA0, signed, self._signature(signed), self.certificates)
        return "authenticateClient", self._body(
            authenticateServerResponse=tlv.encode(0xBF38, proof)
        )

    def package(self, answer: bytes) -> tuple[str, bytes]:
        """Return the third call."""
        fields = _done(answer)
        metadata = tlv.read_exactly_one(base64.b64decode(fields["profileMetadata"]))
        self.iccid = metadata.children()[0].value
        signature = base64.b64decode(fields["smdpSignature2"])
        signed = tlv.encode(
            0x30, tlv.encode(0x80, self.transaction_id), tlv.encode(0x5F49, self.point)
        )
        agreed = tlv.encode(0xA0, signed, self._signature(signed + signature))
        return "getBoundProfilePackage", self._body(
            prepareDownloadResponse=tlv.encode(0xBF21, agreed)
        )

    def notification(self, answer: bytes) -> tuple[str, bytes]:
        """Return the last call: the profile is installed."""
        if len(_done(answer)["boundProfilePackage"]) < 1000:
            raise AnswerRefused("a package without a profile")
        metadata = tlv.encode(
            0xBF2F,
            tlv.encode(0x80, b"\x01"),
            tlv.encode(0x81, bytes.fromhex("0780")),
            tlv.encode(0x0C, self.address),
            tlv.encode(0x5A, self.iccid),
        )
        data = tlv.encode(
            0xBF27,
            tlv.encode(0x80, self.transaction_id),
            metadata,
            tlv.encode(0x06, _OWNER_OID),
            tlv.encode(0xA2, _INSTALLED),
        )
        result = tlv.encode(0xBF37, data, self._signature(data))
        return "handleNotification", json.dumps({"pendingNotification": _text(result)}).encode()

    def _information(self) -> bytes:
        return tlv.encode(
            0xBF22,
            tlv.encode(0x81, bytes((2, 3, 1))),
            tlv.encode(0x82, _VERSION),
            tlv.encode(0x83, bytes((1, 0, 0))),
            tlv.encode(0x84, _MEMORY),
            tlv.encode(0x85, bytes.fromhex("047f36c0")),
            tlv.encode(0x86, bytes((11, 2, 0))),
            tlv.encode(0x87, bytes((2, 3, 0))),
            tlv.encode(0x88, bytes.fromhex("0490")),
            self.key_ids,
            tlv.encode(0x8B, b"\x02"),
            tlv.encode(0x04, bytes((1, 0, 0))),
            tlv.encode(0x0C, b"A CHEAP PHONE"),
        )

    def _signature(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(data, _ECDSA))
        return tlv.encode(0x5F37, r.to_bytes(32, "big"), s.to_bytes(32, "big"))

    def _body(self, **values: bytes) -> bytes:
        fields = {name: _text(value) for name, value in values.items()}
        return json.dumps({"transactionId": self.transaction_id.hex().upper()} | fields).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _done(answer: bytes) -> dict[str, str]:
    fields = json.loads(answer)
    if fields["header"]["functionExecutionStatus"]["status"] != "Executed-Success":
        raise AnswerRefused(answer.decode())
    return dict(fields)
