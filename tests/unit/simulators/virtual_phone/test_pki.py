"""The PKI's folder: whole or absent, and good enough for strict verifiers of both curves."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from limosa.simulators.virtual_phone.card.euicc import new_eid
from limosa.simulators.virtual_phone.elliptic import CURVES
from limosa.simulators.virtual_phone.pki.folder import EID_PREFIX, NoPki, ensure_pki, read_trust

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SERVER_FILES = ("dp_auth", "dp_pb", "dp_tls")


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.with_suffix(".pem").read_bytes())


@pytest.mark.parametrize("curve", CURVES)
def test_every_certificate_has_its_issuer_its_key_and_the_same_der(pki: Path, curve: str) -> None:
    folder = pki / curve
    ci = certificate(folder / "ci")
    for name in ("ci", "eum", *SERVER_FILES):
        found = certificate(folder / name)
        found.verify_directly_issued_by(ci)
        key = load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
        assert key.public_key() == found.public_key()
        assert x509.load_der_x509_certificate((folder / f"{name}.der").read_bytes()) == found
        assert (folder / f"{name}.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("curve", CURVES)
def test_server_certificates_name_one_owner_and_tls_its_host(pki: Path, curve: str) -> None:
    for name in SERVER_FILES:
        extensions = certificate(pki / curve / name).extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        oids = names.get_values_for_type(x509.RegisteredID)
        assert [oid.dotted_string for oid in oids] == ["2.999.10"]
        hosts = ["smdp.example.com"] if name == "dp_tls" else []
        assert names.get_values_for_type(x509.DNSName) == hosts


@pytest.mark.parametrize("curve", CURVES)
def test_revocation_lists_are_signed_and_empty(pki: Path, curve: str) -> None:
    for name in ("ci", "eum"):
        crl = x509.load_der_x509_crl((pki / curve / f"{name}.crl").read_bytes())
        issuer = certificate(pki / curve / name)
        key = issuer.public_key()
        assert crl.is_signature_valid(key)  # type: ignore[arg-type]
        assert list(crl) == []


def test_the_bundle_has_the_cis_of_both_curves(pki: Path) -> None:
    found = x509.load_pem_x509_certificates((pki / "ci.pem").read_bytes())
    assert found == [certificate(pki / curve / "ci") for curve in CURVES]


def test_a_folder_that_is_there_is_left_alone(pki: Path) -> None:
    before = (pki / "ci.pem").read_bytes()
    assert not ensure_pki(pki, fqdn="other.example.com", now=NOW)
    assert (pki / "ci.pem").read_bytes() == before


def test_a_folder_without_a_pki_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoPki, match="has no PKI for P-256"):
        list(read_trust(tmp_path))


def test_an_eid_is_one_when_divided_by_97() -> None:
    eids = {new_eid() for _ in range(50)}
    assert len(eids) == 50
    for eid in eids:
        assert len(eid) == 32
        assert eid.startswith(EID_PREFIX)
        assert int(eid) % 97 == 1
