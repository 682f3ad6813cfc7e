"""A profile's download and installation, from the activation code to the result.

Source: SGP.22 sections 3.0.1 (mutual authentication), 3.1.3 (download and installation).
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography import x509

from limosa.protocols.sgp22.tlv import TlvError, encode, read_exactly_one
from limosa.simulators.virtual_phone.card.euicc import Euicc
from limosa.simulators.virtual_phone.card.results import (
    AuthenticateError,
    CancelReason,
    DownloadError,
)
from limosa.simulators.virtual_phone.der_values import (
    BOOLEAN,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    Fields,
    integer,
    read_boolean,
    read_integer,
    read_one,
    read_text,
    text,
)
from limosa.simulators.virtual_phone.lpa.activation_code import ActivationCode
from limosa.simulators.virtual_phone.lpa.es9plus import (
    AUTHENTICATE,
    CANCEL,
    GET_PACKAGE,
    INITIATE,
    Es9Plus,
    decoded,
    encoded,
    transaction_of,
)
from limosa.simulators.virtual_phone.lpa.faults import (
    BadAnswer,
    CardRefused,
    Declined,
    InstallationRefused,
    LpaFault,
)
from limosa.simulators.virtual_phone.lpa.segments import CutPackage, cut_package
from limosa.simulators.virtual_phone.metadata import Metadata, read_metadata

# A phone that nobody has: a TAC of the range for tests.
_TAC = bytes.fromhex("00101234")
_RELEASE = bytes((15, 0, 0))
_GSM, _UTRAN, _EUTRAN = 0x80, 0x81, 0x85


@dataclass(frozen=True, slots=True)
class Asking:
    """What the LPA asks the person and tells them.

    `confirm` gets what would be installed, and whether a confirmation code is needed: it returns
    the code, or an empty text; it raises Declined. `tell` gets the step and how much of it is done.
    """

    confirm: Callable[[Metadata, bool], str]
    tell: Callable[[str, int, int], None] = lambda _step, _done, _total: None


class Download:
    """One try at a download. The card must not be used for anything else meanwhile."""

    def __init__(self, card: Euicc, server: Es9Plus, code: ActivationCode, asking: Asking) -> None:
        self._card, self._server, self._code, self._asking = card, server, code, asking
        self._transaction_id = b""

    def run(self) -> bytes:
        """Install the profile; returns its ICCID as in EF.ICCID.

        Raises LpaFault; Interrupted where a test wanted it. Only the card keeps what is left.
        """
        self._asking.tell("connect", 0, 1)
        first = self._initiate()
        second = self._authenticate(first)
        metadata_bytes = decoded(AUTHENTICATE, second, "profileMetadata")
        signed = decoded(AUTHENTICATE, second, "smdpSigned2")
        try:
            metadata = read_metadata(metadata_bytes)
            needs_code = _needs_code(signed)
        except TlvError as error:
            wrong = BadAnswer(AUTHENTICATE, str(error))
            raise self._ended(CancelReason.UNDEFINED_REASON, wrong) from error
        try:
            typed = self._asking.confirm(metadata, needs_code)
        except Declined as declined:
            raise self._ended(declined.reason, declined) from None
        if needs_code and not typed:
            raise self._ended(CancelReason.POSTPONED, _code_missing())
        package = self._package(second, signed, typed if needs_code else "")
        if package.metadata != metadata_bytes:
            raise self._ended(
                CancelReason.METADATA_MISMATCH,
                BadAnswer(GET_PACKAGE, "its metadata is not what was shown"),
            )
        self._load(package)
        return metadata.iccid

    def _initiate(self) -> dict[str, Any]:
        challenge = read_exactly_one(self._card.transmit(encode(0xBF2E))).children()[0].value
        fields = self._server.call(
            INITIATE,
            {
                "smdpAddress": self._code.host,
                "euiccChallenge": encoded(challenge),
                "euiccInfo1": encoded(self._card.transmit(encode(0xBF20))),
            },
        )
        self._transaction_id = transaction_of(INITIATE, fields)
        self._check_server(fields)
        return fields

    def _check_server(self, fields: dict[str, Any]) -> None:
        """Refuse a server that calls itself by another name, or is another than the code says."""
        try:
            signed = Fields(read_one(decoded(INITIATE, fields, "serverSigned1"), tag=SEQUENCE))
            transaction_id = signed.take(0x80).value
            signed.take(0x81)
            address = read_text(signed.take(0x83).value)
        except TlvError as error:
            raise BadAnswer(INITIATE, f"serverSigned1: {error}") from error
        if transaction_id != self._transaction_id:
            raise BadAnswer(INITIATE, "serverSigned1 is of another transaction")
        if address.casefold() != self._code.host.casefold():
            raise BadAnswer(INITIATE, f"the server calls itself {address}")
        certificate = decoded(INITIATE, fields, "serverCertificate")
        if self._code.oid and _oid_of(certificate) != self._code.oid:
            raise LpaFault(
                f"The code names the server {self._code.oid}, and another one answers.",
                f"激活码指定的服务器是 {self._code.oid}，应答的却是另一台。",
            )

    def _authenticate(self, fields: dict[str, Any]) -> dict[str, Any]:
        names = ("serverSigned1", "serverSignature1", "euiccCiPKIdToBeUsed", "serverCertificate")
        parts = [decoded(INITIATE, fields, name) for name in names]
        context = encode(0xA0, text(self._code.matching_id, tag=0x80), _device())
        response = self._card.transmit(encode(0xBF38, *parts, context))
        _check_answer("AuthenticateServer", response, AuthenticateError)
        self._asking.tell("authenticate", 0, 1)
        answer = self._server.call(
            AUTHENTICATE,
            {
                "transactionId": self._transaction_id.hex().upper(),
                "authenticateServerResponse": encoded(response),
            },
        )
        self._check_transaction(AUTHENTICATE, answer)
        return answer

    def _package(self, fields: dict[str, Any], signed: bytes, code: str) -> CutPackage:
        signature = decoded(AUTHENTICATE, fields, "smdpSignature2")
        certificate = decoded(AUTHENTICATE, fields, "smdpCertificate")
        hashed = encode(OCTET_STRING, self._hash_of(code)) if code else b""
        response = self._card.transmit(encode(0xBF21, signed, signature, hashed, certificate))
        try:
            _check_answer("PrepareDownload", response, DownloadError)
        except CardRefused as error:
            raise self._ended(CancelReason.UNDEFINED_REASON, error) from None
        self._asking.tell("download", 0, 1)
        answer = self._server.call(
            GET_PACKAGE,
            {
                "transactionId": self._transaction_id.hex().upper(),
                "prepareDownloadResponse": encoded(response),
            },
        )
        self._check_transaction(GET_PACKAGE, answer)
        package = decoded(GET_PACKAGE, answer, "boundProfilePackage")
        try:
            return cut_package(package)
        except TlvError as error:
            wrong = BadAnswer(GET_PACKAGE, str(error))
            raise self._ended(CancelReason.LOAD_BPP_EXECUTION_ERROR, wrong) from error

    def _hash_of(self, code: str) -> bytes:
        """Source: SGP.22 section 3.1.3: the hash of the code's hash and the transaction id."""
        return sha256(sha256(code.encode()).digest() + self._transaction_id).digest()

    def _load(self, package: CutPackage) -> None:
        total = len(package.segments)
        for number, segment in enumerate(package.segments):
            self._asking.tell("install", number, total)
            result = self._card.load_segment(segment)
            if result:
                _check_result(result)
                self._asking.tell("install", total, total)
                return
        raise BadAnswer(GET_PACKAGE, "the package is not whole")

    def _ended(self, reason: CancelReason, fault: LpaFault) -> LpaFault:
        """Tell the server that the session is over; returns `fault`, whatever the server says."""
        asked = encode(0x80, self._transaction_id) + integer(reason, tag=0x81)
        response = self._card.transmit(encode(0xBF41, asked))
        try:
            self._server.call(
                CANCEL,
                {
                    "transactionId": self._transaction_id.hex().upper(),
                    "cancelSessionResponse": encoded(response),
                },
            )
        except LpaFault as error:
            fault.add_note(f"The server was not told: {error}")
        return fault

    def _check_transaction(self, call: str, fields: dict[str, Any]) -> None:
        if transaction_of(call, fields) != self._transaction_id:
            raise BadAnswer(call, "it is of another transaction")


def _needs_code(signed: bytes) -> bool:
    fields = Fields(read_one(signed, tag=SEQUENCE))
    fields.take(0x80)
    return read_boolean(fields.take(BOOLEAN).value)


def _device() -> bytes:
    releases = b"".join(encode(tag, _RELEASE) for tag in (_GSM, _UTRAN, _EUTRAN))
    return encode(0xA1, encode(0x80, _TAC), encode(0xA1, releases))


def _check_answer(
    command: str, response: bytes, codes: type[AuthenticateError] | type[DownloadError]
) -> None:
    """Raise CardRefused if the card's answer is an error."""
    answer = read_exactly_one(response).children()[0]
    if answer.tag == 0xA1:
        code = next(read_integer(part.value) for part in answer.children() if part.tag == INTEGER)
        raise CardRefused(command, code, codes(code).name.lower().replace("_", " "))


def _check_result(result: bytes) -> None:
    """Raise InstallationRefused if a ProfileInstallationResult is an error."""
    data = read_exactly_one(result).children()[0]
    final = next(part for part in data.children() if part.tag == 0xA2).children()[0]
    if final.tag == 0xA1:
        command, reason = (read_integer(part.value) for part in final.children()[:2])
        raise InstallationRefused(command, reason)


def _oid_of(certificate: bytes) -> str:
    try:
        extensions = x509.load_der_x509_certificate(certificate).extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return ""
    return next((oid.dotted_string for oid in names.get_values_for_type(x509.RegisteredID)), "")


def _code_missing() -> LpaFault:
    return LpaFault(
        "The profile needs a confirmation code: ask whoever gave you the activation code.",
        "此 eSIM 需要确认码，请向提供激活码的一方索取。",
    )
