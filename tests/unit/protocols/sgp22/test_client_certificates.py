"""A client is whoever its certificate names and whoever issued that, however it is told."""

from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.sgp22.client_certificates import (
    CERTIFICATE_LENGTH_MAX,
    ClientCertificateUnreadableError,
    common_names_in,
    names_in,
    read_escaped_pem,
)
from limosa.protocols.sgp22.tlv import encode
from tests.scenario.smdp.operators import Authority

FIRST, SECOND = Authority.made("first"), Authority.made("second")


def issued(authority: Authority, name: str, folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(authority.issue(name, folder)[0].read_bytes())


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def escaped(certificate: x509.Certificate) -> str:
    return quote(certificate.public_bytes(Encoding.PEM), safe="")


def test_a_renewed_certificate_has_the_names_of_the_old(tmp_path: Path) -> None:
    old, new = (issued(FIRST, "op1", tmp_path) for _ in range(2))
    assert der(old) != der(new)
    assert names_in(der(old)) == names_in(der(new))
    assert names_in(der(old)) == old.issuer.public_bytes() + old.subject.public_bytes()


def test_the_same_subject_of_another_issuer_has_other_names(tmp_path: Path) -> None:
    assert names_in(der(issued(FIRST, "op1", tmp_path))) != names_in(
        der(issued(SECOND, "op1", tmp_path))
    )
    assert names_in(der(issued(FIRST, "op1", tmp_path))) != names_in(
        der(issued(FIRST, "op2", tmp_path))
    )


def with_subject(*pairs: tuple[int, bytes]) -> bytes:
    """Return as much of a certificate as is read: its subject has common names of these forms."""
    kind = encode(0x06, bytes.fromhex("550403"))
    other = encode(0x31, encode(0x30, encode(0x06, b"\x55\x04\x0a") + encode(0x0C, b"Us")))
    names = [encode(0x31, encode(0x30, kind + encode(tag, text))) for tag, text in pairs]
    subject = encode(0x30, other + b"".join(names))
    fields = [encode(0x02, b"\x01"), *[encode(0x30, b"")] * 3, subject]
    return encode(0x30, encode(0x30, b"".join(fields)))


def test_common_names_are_the_subject_s_in_whatever_form(tmp_path: Path) -> None:
    assert common_names_in(der(issued(FIRST, "op1", tmp_path))) == ("op1",)
    forms = ((0x0C, "Büro".encode()), (0x13, b"a b"), (0x14, b"B\xfcro"), (0x1E, b"\0o\0p"))
    assert common_names_in(with_subject(*forms)) == ("Büro", "a b", "Büro", "op")
    assert common_names_in(with_subject((0x0C, b"\xff"))) == ("\ufffd",)
    assert common_names_in(with_subject()) == ()


def test_a_subject_that_is_none_is_refused() -> None:
    fields = [encode(0x02, b"\x01"), *[encode(0x30, b"")] * 3]
    for inner in (b"\x31", encode(0x31, encode(0x30, b"")), encode(0x31, b"\x01")):
        body = b"".join([*fields, encode(0x30, inner)])
        with pytest.raises(ClientCertificateUnreadableError):
            common_names_in(encode(0x30, encode(0x30, body)))


def test_what_a_proxy_passes_is_the_same_certificate() -> None:
    assert read_escaped_pem(escaped(FIRST.certificate)) == der(FIRST.certificate)
    plain = FIRST.certificate.public_bytes(Encoding.PEM).decode()
    assert read_escaped_pem(plain.replace("\n", "\r\n ")) == der(FIRST.certificate)


PEM = FIRST.certificate.public_bytes(Encoding.PEM).decode()
NOT_ONE = {
    "nothing": "",
    "a subject": "CN=operator-1",
    "two": quote(PEM + PEM),
    "a key": quote(PEM.replace("CERTIFICATE", "PRIVATE KEY")),
    "cut": escaped(FIRST.certificate)[:-40],
    "base 64 with a letter missing": quote(PEM.replace("=", "").replace("MII", "MI")),
    "half of an escape": "%",
    "no UTF-8": "%ff%fe",
}


@pytest.mark.parametrize("form", NOT_ONE)
def test_a_header_that_is_no_certificate_is_refused(form: str) -> None:
    with pytest.raises(ClientCertificateUnreadableError):
        names_in(read_escaped_pem(NOT_ONE[form]))


def test_a_certificate_of_no_sensible_length_is_refused() -> None:
    with pytest.raises(ClientCertificateUnreadableError):
        names_in(encode(0x30, bytes(CERTIFICATE_LENGTH_MAX)))


@given(st.one_of(st.binary(), st.text(st.characters(max_codepoint=255)).map(str.encode)))
def test_any_bytes_are_a_certificate_or_refused(data: bytes) -> None:
    for wrapped in (data, encode(0x30, encode(0x30, data))):
        with suppress(ClientCertificateUnreadableError):
            names_in(wrapped)
    with suppress(ClientCertificateUnreadableError):
        read_escaped_pem(data.decode("latin-1"))


@given(st.integers(min_value=0), st.integers(0, 255))
def test_a_certificate_with_a_byte_changed_is_read_or_refused(at: int, byte: int) -> None:
    changed = bytearray(der(FIRST.certificate))
    changed[at % len(changed)] = byte
    with suppress(ClientCertificateUnreadableError):
        names_in(bytes(changed))
