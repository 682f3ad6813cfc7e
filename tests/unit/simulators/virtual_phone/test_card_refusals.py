"""The card refuses what a wrong server sends, by the standard's code, and installs nothing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limosa.simulators.virtual_phone.card.euicc import CommandRejected, Euicc
from limosa.simulators.virtual_phone.card.results import (
    AuthenticateError,
    BppCommand,
    DownloadError,
    ErrorReason,
)
from limosa.simulators.virtual_phone.elliptic import new_key
from limosa.simulators.virtual_phone.pki.certificates import (
    Issuer,
    Role,
    Validity,
    ci_certificate,
    server_certificate,
)
from tests.factories.tiny_smdp import (
    ICCID,
    Package,
    TinySmdp,
    fields,
    inside,
    metadata,
    notified,
    profile,
    sign,
    tlv,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OTHER_ICCID = bytes.fromhex("98881201000040031043")
VALID = Validity(NOW - timedelta(days=1), NOW + timedelta(days=1))


@pytest.fixture
def server(pki: Path, tmp_path: Path) -> TinySmdp:
    """A server whose folder a test may change."""
    folder = tmp_path / "server"
    folder.mkdir()
    for file in (pki / "P-256").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return TinySmdp(folder)


def issue(
    server: TinySmdp,
    name: str,
    role: Role,
    *,
    oid: str = "2.999.10",
    issuer: Issuer | None = None,
) -> None:
    """Give the server a certificate of its own, from the PKI's CI unless it is said otherwise."""
    ci = x509.load_der_x509_certificate(server.certificate("ci"))
    issuer = issuer or Issuer(ci, server.key("ci"))
    key = new_key("P-256")
    made = server_certificate(
        issuer, key.public_key(), role, oid=oid, fqdn="smdp.example.com", valid=VALID
    )
    (server.pki / f"{name}.der").write_bytes(made.public_bytes(Encoding.DER))
    (server.pki / f"{name}.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


def challenged(card: Euicc) -> bytes:
    return inside(inside(card.transmit(tlv("bf2e"))))


def authenticate_error(response: bytes) -> int:
    answer = inside(response)
    assert answer[0] == 0xA1, answer.hex()
    return inside(fields(inside(answer))["02"])[0]


def foreign_ci() -> Issuer:
    return ci_certificate(new_key("P-256"), oid="2.999.1", valid=VALID)


def spoil(data: bytes, at: int = -1) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


CERTIFICATES: dict[str, tuple[AuthenticateError, Callable[[TinySmdp], None]]] = {
    "a TLS certificate": (
        AuthenticateError.INVALID_OID,
        lambda server: issue(server, "dp_auth", Role.DP_TLS),
    ),
    "a certificate for binding": (
        AuthenticateError.INVALID_OID,
        lambda server: issue(server, "dp_auth", Role.DP_PB),
    ),
    "another CI of the same name": (
        AuthenticateError.INVALID_CERTIFICATE,
        lambda server: issue(server, "dp_auth", Role.DP_AUTH, issuer=foreign_ci()),
    ),
    "no certificate": (
        AuthenticateError.INVALID_CERTIFICATE,
        lambda server: _write(server, "dp_auth", tlv("30", tlv("02", b"\x01"))),
    ),
    "a certificate that was changed": (
        AuthenticateError.INVALID_CERTIFICATE,
        lambda server: _write(server, "dp_auth", spoil(server.certificate("dp_auth"), 150)),
    ),
    "the CI itself": (
        AuthenticateError.INVALID_CERTIFICATE,
        lambda server: _use(server, "ci"),
    ),
}


def _write(server: TinySmdp, name: str, content: bytes) -> None:
    (server.pki / f"{name}.der").write_bytes(content)


def _use(server: TinySmdp, name: str) -> None:
    server.auth_name = name


@pytest.mark.parametrize("what", CERTIFICATES)
def test_a_wrong_certificate_does_not_authenticate(
    card: Euicc, server: TinySmdp, what: str
) -> None:
    code, change = CERTIFICATES[what]
    change(server)
    response = card.transmit(server.authenticate_server(challenged(card)))
    assert authenticate_error(response) == code


def test_authentication_is_refused_for_anything_but_our_challenge(
    card: Euicc, server: TinySmdp
) -> None:
    request = server.authenticate_server(challenged(card))
    card.transmit(tlv("bf2e"))
    assert authenticate_error(card.transmit(request)) == AuthenticateError.EUICC_CHALLENGE_MISMATCH
    assert authenticate_error(card.transmit(request)) == AuthenticateError.NO_SESSION_CONTEXT


def test_a_replay_finds_no_session(card: Euicc, server: TinySmdp) -> None:
    request = server.authenticate_server(challenged(card))
    assert inside(card.transmit(request))[0] == 0xA0
    assert authenticate_error(card.transmit(request)) == AuthenticateError.NO_SESSION_CONTEXT


def test_a_wrong_signature_does_not_authenticate(card: Euicc, server: TinySmdp) -> None:
    server.auth_name = "dp_auth"
    (server.pki / "dp_auth.key").write_bytes((server.pki / "dp_pb.key").read_bytes())
    response = card.transmit(server.authenticate_server(challenged(card)))
    assert authenticate_error(response) == AuthenticateError.INVALID_SIGNATURE


def test_an_unknown_ci_is_named_so(card: Euicc, server: TinySmdp) -> None:
    _write(server, "ci", foreign_ci().certificate.public_bytes(Encoding.DER))
    response = card.transmit(server.authenticate_server(challenged(card)))
    assert authenticate_error(response) == AuthenticateError.CI_KEY_UNKNOWN


def test_an_expired_certificate_is_none_of_the_cards_business(
    card: Euicc, server: TinySmdp
) -> None:
    issue(server, "dp_auth", Role.DP_AUTH)  # For two days that are past; a card has no clock.
    assert inside(card.transmit(server.authenticate_server(challenged(card))))[0] == 0xA0


def authenticated(card: Euicc, server: TinySmdp) -> None:
    response = card.transmit(server.authenticate_server(challenged(card)))
    server.take_authentication(response)


def download_error(response: bytes) -> int:
    answer = inside(response)
    assert answer[0] == 0xA1, answer.hex()
    return inside(fields(inside(answer))["02"])[0]


BINDING: dict[str, tuple[DownloadError, Callable[[TinySmdp], None]]] = {
    "the certificate for authentication": (
        DownloadError.INVALID_CERTIFICATE,
        lambda server: setattr(server, "binding_name", "dp_auth"),
    ),
    "a certificate of another owner": (
        DownloadError.INVALID_CERTIFICATE,
        lambda server: issue(server, "dp_pb", Role.DP_PB, oid="2.999.11"),
    ),
    "a certificate of another CI": (
        DownloadError.INVALID_CERTIFICATE,
        lambda server: issue(server, "dp_pb", Role.DP_PB, issuer=foreign_ci()),
    ),
    "another transaction": (
        DownloadError.INVALID_TRANSACTION_ID,
        lambda server: setattr(server, "transaction_id", bytes(16)),
    ),
    "a signature that leaves out the card's own": (
        DownloadError.INVALID_SIGNATURE,
        lambda server: setattr(server, "euicc_signature_1", b""),
    ),
}


@pytest.mark.parametrize("what", BINDING)
def test_a_wrong_preparation_is_refused(card: Euicc, server: TinySmdp, what: str) -> None:
    authenticated(card, server)
    code, change = BINDING[what]
    change(server)
    assert download_error(card.transmit(server.prepare_download())) == code


def test_preparation_needs_an_authenticated_server(card: Euicc, server: TinySmdp) -> None:
    error = download_error(card.transmit(server.prepare_download()))
    assert error == DownloadError.NO_SESSION_CONTEXT


def test_a_confirmation_code_is_neither_left_out_nor_made_up(card: Euicc, server: TinySmdp) -> None:
    authenticated(card, server)
    left_out = server.prepare_download(needs_code=True)
    made_up = server.prepare_download(code_hash=bytes(32))
    for request in (left_out, made_up):
        assert download_error(card.transmit(request)) == DownloadError.UNDEFINED_ERROR


def prepared(card: Euicc, server: TinySmdp) -> None:
    authenticated(card, server)
    request = server.prepare_download()
    server.take_preparation(request, card.transmit(request))


def failure(card: Euicc, segments: list[bytes]) -> tuple[int, int]:
    """Load until the card gives up; returns the command and the reason in its signed result."""
    for segment in segments:
        result = card.load_segment(segment)
        if result:
            break
    else:
        raise AssertionError("the card took it all, and waits for more")
    final = inside(fields(inside(fields(inside(result))["bf27"]))["a2"])
    assert final[0] == 0xA1, final.hex()
    parts = fields(inside(final))
    return inside(parts["80"])[0], inside(parts["81"])[0]


def _package(**wrong: object) -> Callable[[TinySmdp], Package]:
    return lambda server: server.package(**wrong)  # type: ignore[arg-type]


def _changed(**changes: Callable[[Package], object]) -> Callable[[TinySmdp], Package]:
    def build(server: TinySmdp) -> Package:
        package = server.package()
        return replace(package, **{name: change(package) for name, change in changes.items()})  # type: ignore[arg-type]

    return build


def _of_another(server: TinySmdp) -> Package:
    return replace(server, transaction_id=bytes(16)).package()


def _for_another_card(server: TinySmdp) -> Package:
    return replace(server, eid=bytes(16)).package()


def _too_long(server: TinySmdp) -> Package:
    return server.package(segment_bytes=1008)


def _with_iccid_file(iccid: bytes) -> bytes:
    """Return a profile of ICCID whose master file has this one."""
    header, rest = profile()[:23], profile()[23:]
    return header + tlv("b0", tlv("a0"), tlv("a4", tlv("a1"), tlv("83", iccid))) + rest


INITIALISE, CONFIGURE = BppCommand.INITIALISE_SECURE_CHANNEL, BppCommand.CONFIGURE_ISDP
STORE, REPLACE = BppCommand.STORE_METADATA, BppCommand.REPLACE_SESSION_KEYS
LOAD = BppCommand.LOAD_PROFILE_ELEMENTS
PPR = tlv("99", b"\x06\x40")  # Rule 1: it can't be disabled.

PACKAGES: dict[str, tuple[BppCommand, ErrorReason, Callable[[TinySmdp], Package]]] = {
    "no installation": (
        INITIALISE,
        ErrorReason.UNSUPPORTED_REMOTE_OPERATION_TYPE,
        _package(operation=2),
    ),
    "keys of another kind": (
        INITIALISE,
        ErrorReason.UNSUPPORTED_CRT_VALUES,
        _package(key_type=0x80),
    ),
    "no host id": (INITIALISE, ErrorReason.UNSUPPORTED_CRT_VALUES, _package(host_id=b"")),
    "another transaction": (INITIALISE, ErrorReason.INVALID_TRANSACTION_ID, _of_another),
    "a changed signature": (
        INITIALISE,
        ErrorReason.INVALID_SIGNATURE,
        _changed(initialise=lambda package: spoil(package.initialise)),
    ),
    "keys derived for another card": (CONFIGURE, ErrorReason.SECURITY_ERROR, _for_another_card),
    "a wrong MAC": (
        CONFIGURE,
        ErrorReason.SECURITY_ERROR,
        _changed(configure=lambda package: spoil(package.configure)),
    ),
    "another server's OID": (
        CONFIGURE,
        ErrorReason.INCORRECT_INPUT_VALUES,
        _package(dp_oid=bytes.fromhex("88370b")),
    ),
    "metadata without names": (
        STORE,
        ErrorReason.INCORRECT_INPUT_VALUES,
        _package(store_metadata=tlv("bf25", tlv("5a", ICCID))),
    ),
    "metadata with a byte after its end": (
        STORE,
        ErrorReason.INCORRECT_INPUT_VALUES,
        _package(store_metadata=metadata() + b"\x00"),
    ),
    "an icon without its type": (
        STORE,
        ErrorReason.INCORRECT_INPUT_VALUES,
        _package(store_metadata=metadata(ICCID, tlv("94", b"icon"))),
    ),
    "rules without an owner": (
        STORE,
        ErrorReason.INCORRECT_INPUT_VALUES,
        _package(store_metadata=metadata(ICCID, PPR)),
    ),
    "rules that nobody knows": (
        STORE,
        ErrorReason.PPR_NOT_ALLOWED,
        _package(
            store_metadata=metadata(
                ICCID, tlv("b7", tlv("80", b"\x64\xf0\x00")), tlv("99", b"\x03\x08")
            )
        ),
    ),
    "metadata whose MAC is wrong": (
        STORE,
        ErrorReason.SECURITY_ERROR,
        _changed(metadata=lambda package: [spoil(part) for part in package.metadata]),
    ),
    "new keys whose MAC is wrong": (
        REPLACE,
        ErrorReason.SECURITY_ERROR,
        _changed(keys=lambda package: spoil(package.keys)),
    ),
    "new keys left out": (
        LOAD,
        ErrorReason.SECURITY_ERROR,
        _changed(keys=lambda _package: b""),
    ),
    "segments swapped": (
        LOAD,
        ErrorReason.SECURITY_ERROR,
        _changed(elements=lambda package: [*package.elements[1::-1], *package.elements[2:]]),
    ),
    "a segment twice": (
        LOAD,
        ErrorReason.SECURITY_ERROR,
        _changed(elements=lambda package: [package.elements[0], *package.elements]),
    ),
    "a segment too few": (
        LOAD,
        ErrorReason.ELEMENT_PROCESSING_ERROR,
        _changed(elements=lambda package: package.elements[:-1]),
    ),
    "a segment too long": (LOAD, ErrorReason.STRUCTURE_ERROR, _too_long),
    "a profile of another ICCID": (
        LOAD,
        ErrorReason.ICCID_MISMATCH,
        _package(content=profile(OTHER_ICCID)),
    ),
    "an EF.ICCID of another profile": (
        LOAD,
        ErrorReason.ICCID_MISMATCH,
        _package(content=_with_iccid_file(OTHER_ICCID)),
    ),
    "a profile without its end": (
        LOAD,
        ErrorReason.ELEMENT_PROCESSING_ERROR,
        _package(content=profile()[:-9]),
    ),
    "a profile with bytes after its end": (
        LOAD,
        ErrorReason.ELEMENT_PROCESSING_ERROR,
        _package(content=profile() + b"\xa1\x00"),
    ),
}


@pytest.mark.parametrize("what", PACKAGES)
def test_a_wrong_package_is_refused_and_changes_nothing(
    card: Euicc, server: TinySmdp, what: str
) -> None:
    command, reason, build = PACKAGES[what]
    prepared(card, server)
    assert failure(card, build(server).segments()) == (command, reason)
    assert card.transmit(tlv("bf2d")) == tlv("bf2d", tlv("a0"))


def test_a_length_that_does_not_fit_is_refused(card: Euicc, server: TinySmdp) -> None:
    prepared(card, server)
    segments = server.package().segments()
    segments[0] = spoil(segments[0], 4)  # The whole package's length.
    assert failure(card, segments)[1] == ErrorReason.STRUCTURE_ERROR


def test_an_installed_iccid_is_not_installed_again(card: Euicc, server: TinySmdp) -> None:
    prepared(card, server)
    for segment in server.package().segments():
        card.load_segment(segment)
    again = TinySmdp(server.pki)
    prepared(card, again)
    assert failure(card, again.package().segments()) == (STORE, ErrorReason.ICCID_ALREADY_EXISTS)


def test_only_the_first_profile_may_forbid_to_be_disabled(card: Euicc, server: TinySmdp) -> None:
    prepared(card, server)
    for segment in server.package().segments():
        card.load_segment(segment)
    again = TinySmdp(server.pki)
    prepared(card, again)
    stored = metadata(OTHER_ICCID, tlv("b7", tlv("80", b"\x64\xf0\x00")), PPR)
    package = again.package(store_metadata=stored, content=profile(OTHER_ICCID))
    assert failure(card, package.segments()) == (STORE, ErrorReason.PPR_NOT_ALLOWED)


def test_a_notification_without_an_event_is_refused(card: Euicc, server: TinySmdp) -> None:
    prepared(card, server)
    nobody = tlv("b6", notified(1, address=""))
    package = server.package(store_metadata=metadata(ICCID, nobody))
    assert failure(card, package.segments()) == (STORE, ErrorReason.INCORRECT_INPUT_VALUES)


@given(tag=st.sampled_from(("bf20", "bf21", "bf28", "bf2b", "bf2d", "bf30", "bf31", "bf33", "bf38",
                            "bf3e", "bf3f", "bf41")), content=st.binary(max_size=60))  # fmt: skip
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_answered_or_rejected(card: Euicc, tag: str, content: bytes) -> None:
    for command in (content, tlv(tag, content), tlv(tag, tlv("30", content), tlv("5f37", content))):
        with suppress(CommandRejected):
            assert card.transmit(command)


def test_a_signature_over_re_encoded_bytes_is_not_enough(card: Euicc, server: TinySmdp) -> None:
    challenge = challenged(card)
    signed = server.signed_1(challenge)
    request = server.authenticate_server(challenge)
    longer = tlv("30", inside(signed), tlv("85", b"extra"))
    forged = tlv("bf38", inside(request).replace(signed, longer, 1))
    assert authenticate_error(card.transmit(forged)) == AuthenticateError.INVALID_SIGNATURE
    assert sign(server.key("dp_auth"), signed) != sign(server.key("dp_auth"), longer)


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_package_with_any_one_bit_changed_is_not_installed(
    card: Euicc, server: TinySmdp, data: st.DataObject
) -> None:
    prepared(card, server)
    segments = server.package(content=profile(size=300)).segments()
    number = data.draw(st.integers(0, len(segments) - 1))
    at = data.draw(st.integers(0, len(segments[number]) - 1))
    changed = bytearray(segments[number])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    segments[number] = bytes(changed)
    command, _ = failure(card, segments)
    assert command in set(BppCommand)
    assert card.transmit(tlv("bf2d")) == tlv("bf2d", tlv("a0"))


def test_a_failed_installation_uses_up_its_one_time_key(card: Euicc, server: TinySmdp) -> None:
    prepared(card, server)
    used = server.euicc_point
    failure(card, _package(operation=2)(server).segments())
    again = TinySmdp(server.pki)
    authenticated(card, again)
    request = again.prepare_download(offered=used)
    assert inside(again.take_preparation(request, card.transmit(request))["5f49"]) != used


def test_an_ef_iccid_in_swapped_pairs_is_the_header_s(card: Euicc, server: TinySmdp) -> None:
    prepared(card, server)
    package = server.package(content=_with_iccid_file(ICCID))
    results = [card.load_segment(segment) for segment in package.segments()]
    assert results[-1]
    assert tlv("5a", ICCID) in card.transmit(tlv("bf2d"))
