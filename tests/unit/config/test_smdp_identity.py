"""Who the SM-DP+ is, read from files: the one that is wrong is named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from limosa.config.command import CommandFault
from limosa.config.smdp_identity import smdp_identity
from limosa.simulators.virtual_phone.pki.folder import ensure_pki

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Return a PKI's folder on P-256, which the settings name."""
    ensure_pki(tmp_path / "pki", fqdn="smdp.example.com", now=NOW)
    folder = tmp_path / "pki" / "P-256"
    settings.SMDP_OID = ""
    settings.SMDP_CI_CERTIFICATES = f"{folder}/ci.pem"
    settings.SMDP_CRLS = f"{folder}/ci.crl"
    for which, name in (("AUTHENTICATION", "dp_auth"), ("BINDING", "dp_pb")):
        setattr(settings, f"SMDP_{which}_CERTIFICATES", f"{folder}/{name}.pem")
        setattr(settings, f"SMDP_{which}_KEYS", f"{folder}/{name}.key")
    return folder


@pytest.mark.usefixtures("folder")
def test_a_whole_identity_is_read() -> None:
    (pair,) = smdp_identity().pairs
    assert pair.oid == "2.999.10"


@pytest.mark.parametrize("name", ["eum.crl", "../brainpoolP256r1/ci.crl", "ci.pem"])
def test_a_list_of_nobody_who_is_trusted_is_named(
    folder: Path, settings: Settings, name: str
) -> None:
    settings.SMDP_CRLS = f"{folder}/ci.crl,{folder}/{name}"
    with pytest.raises(CommandFault, match="which is not a list of a trusted CI") as refused:
        smdp_identity()
    assert f"{folder}/{name}" in str(refused.value)
    assert f"{folder}/ci.crl," not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["CRLS", "CI_CERTIFICATES", "AUTHENTICATION_CERTIFICATES", "BINDING_KEYS"]
)
def test_a_file_that_is_not_there_is_named(folder: Path, settings: Settings, name: str) -> None:
    setattr(settings, f"SMDP_{name}", f"{folder}/none")
    with pytest.raises(CommandFault) as refused:
        smdp_identity()
    said = f"LIMOSA_SMDP_{name} names {folder}/none, which can't be read: No such file"
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("name", ["CI_CERTIFICATES", "AUTHENTICATION_KEYS"])
def test_a_file_of_something_else_is_named(folder: Path, settings: Settings, name: str) -> None:
    (folder / "notes.txt").write_text("nothing")
    setattr(settings, f"SMDP_{name}", f"{folder}/notes.txt")
    with pytest.raises(CommandFault, match=f"LIMOSA_SMDP_{name} names {folder}/notes.txt"):
        smdp_identity()
