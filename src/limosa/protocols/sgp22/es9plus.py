"""The messages of ES9+, between a phone and the SM-DP+: JSON in, JSON out.

A phone's requests have no header; an answer's header says whether the function was executed.

Source: SGP.22 section 6.5 (functions in JSON).
"""

from dataclasses import dataclass

from limosa.protocols.sgp22.json_fields import JsonFields, encode_body, encode_octets
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

PATH = "/gsma/rsp2/es9plus/"
CHALLENGE_LENGTH = 16


@dataclass(frozen=True)
class InitiateAuthenticationRequest:
    """A phone begins. `euicc_info1` is a TLV as it arrived."""

    euicc_challenge: bytes
    euicc_info1: bytes
    smdp_address: str


@dataclass(frozen=True)
class InitiateAuthenticationResponse:
    """The server proves itself. `ci_key_id` and the signature are TLVs, as a card takes them."""

    transaction_id: bytes
    server_signed1: bytes
    server_signature1: bytes
    ci_key_id: bytes
    server_certificate: bytes

    def body(self) -> bytes:
        """Return the message."""
        return _done(
            transactionId=self.transaction_id.hex().upper(),
            serverSigned1=encode_octets(self.server_signed1),
            serverSignature1=encode_octets(self.server_signature1),
            euiccCiPKIdToBeUsed=encode_octets(self.ci_key_id),
            serverCertificate=encode_octets(self.server_certificate),
        )


@dataclass(frozen=True)
class AuthenticateClientRequest:
    """The card proves itself: `authenticate_server_response` is its TLV, as it arrived."""

    transaction_id: bytes
    authenticate_server_response: bytes


@dataclass(frozen=True)
class AuthenticateClientResponse:
    """The server offers a profile."""

    transaction_id: bytes
    profile_metadata: bytes
    smdp_signed2: bytes
    smdp_signature2: bytes
    smdp_certificate: bytes

    def body(self) -> bytes:
        """Return the message."""
        return _done(
            transactionId=self.transaction_id.hex().upper(),
            profileMetadata=encode_octets(self.profile_metadata),
            smdpSigned2=encode_octets(self.smdp_signed2),
            smdpSignature2=encode_octets(self.smdp_signature2),
            smdpCertificate=encode_octets(self.smdp_certificate),
        )


@dataclass(frozen=True)
class GetBoundProfilePackageRequest:
    """The card is ready: `prepare_download_response` is its TLV, as it arrived."""

    transaction_id: bytes
    prepare_download_response: bytes


@dataclass(frozen=True)
class GetBoundProfilePackageResponse:
    """The profile, bound to the card."""

    transaction_id: bytes
    bound_profile_package: bytes

    def body(self) -> bytes:
        """Return the message."""
        return _done(
            transactionId=self.transaction_id.hex().upper(),
            boundProfilePackage=encode_octets(self.bound_profile_package),
        )


@dataclass(frozen=True)
class CancelSessionRequest:
    """The person or the phone gives up: `cancel_session_response` is the card's TLV."""

    transaction_id: bytes
    cancel_session_response: bytes


@dataclass(frozen=True)
class HandleNotificationRequest:
    """What happened on a card: `pending_notification` is its TLV, as it arrived."""

    pending_notification: bytes


def read_initiate_authentication(body: bytes) -> InitiateAuthenticationRequest:
    """Return the request. Raises RspRefusal."""
    fields = JsonFields.of(body)
    challenge = fields.octets("euiccChallenge")
    if len(challenge) != CHALLENGE_LENGTH:
        raise RspRefusal(RspStatus.MALFORMED, f"a challenge of {len(challenge)} bytes")
    return InitiateAuthenticationRequest(
        challenge, fields.octets("euiccInfo1"), fields.text("smdpAddress")
    )


def read_authenticate_client(body: bytes) -> AuthenticateClientRequest:
    """Return the request. Raises RspRefusal."""
    fields = JsonFields.of(body)
    return AuthenticateClientRequest(
        fields.transaction_id(), fields.octets("authenticateServerResponse")
    )


def read_get_bound_profile_package(body: bytes) -> GetBoundProfilePackageRequest:
    """Return the request. Raises RspRefusal."""
    fields = JsonFields.of(body)
    return GetBoundProfilePackageRequest(
        fields.transaction_id(), fields.octets("prepareDownloadResponse")
    )


def read_cancel_session(body: bytes) -> CancelSessionRequest:
    """Return the request. Raises RspRefusal."""
    fields = JsonFields.of(body)
    return CancelSessionRequest(fields.transaction_id(), fields.octets("cancelSessionResponse"))


def read_handle_notification(body: bytes) -> HandleNotificationRequest:
    """Return the request. Raises RspRefusal."""
    return HandleNotificationRequest(JsonFields.of(body).octets("pendingNotification"))


def refusal_body(status: RspStatus) -> bytes:
    """Return the answer of a function that was not executed, of ES9+ and of ES2+ alike."""
    execution = {
        "status": "Failed",
        "statusCodeData": {
            "subjectCode": status.subject_code,
            "reasonCode": status.reason_code,
            "message": status.text,
        },
    }
    return encode_body({"header": {"functionExecutionStatus": execution}})


def _done(**values: str) -> bytes:
    header = {"functionExecutionStatus": {"status": "Executed-Success"}}
    return encode_body({"header": header, **values})


DONE = _done()
