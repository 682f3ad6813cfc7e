"""What is wrong with the certificates of the SM-DP+ is told before any phone meets them."""

import argparse
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pytest_django.fixtures import Settings

from limosa.config.checks.finding import Finding
from limosa.config.checks.smdp_check import check_smdp
from limosa.config.checks.start import check_smdp_before_start
from limosa.config.command import CommandFault
from limosa.config.commands import check
from tests.factories.sgp22 import (
    ADDRESS,
    Holder,
    Wanted,
    a_server_wanted,
    a_world,
    certify,
    name,
)

pytestmark = pytest.mark.django_db
REAL = datetime.now(UTC)  # noqa: TID251 -- the check goes by the real clock.
DAY = timedelta(days=1)
PAST: dict[str, Any] = {"not_before": REAL - 9 * DAY, "not_after": REAL - DAY}
FUTURE: dict[str, Any] = {"not_before": REAL + DAY, "not_after": REAL + 9 * DAY}
VALID: dict[str, Any] = {"not_before": REAL - DAY, "not_after": REAL + 9 * DAY}


class SetUp:
    """An SM-DP+ in a folder, whose certificates a test may replace."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder, self.world = settings, folder, a_world("secp256r1")
        settings.SMDP_ADDRESS = f"{ADDRESS}:8443"
        settings.SMDP_OID = settings.SMDP_CRLS = ""
        settings.SMDP_CI_CERTIFICATES = self.certificate("ci", self.ci())
        for which, role in (("AUTHENTICATION", "4"), ("BINDING", "5")):
            self.replace(which, role)
        self.replace_tls()

    def ci(self, **times: Any) -> Holder:
        wanted = Wanted(name("A CI"), roles=("2.23.146.1.2.1.0",), is_issuer=True)
        made = certify(replace(wanted, **(times or VALID)), curve="secp256r1", issuer=None)
        self.world = replace(self.world, ci=made)
        return made

    def replace(self, which: str, role: str, **changes: Any) -> None:
        wanted = replace(a_server_wanted(role), **(changes or VALID))
        holder = certify(wanted, curve="secp256r1", issuer=self.world.ci)
        setattr(self.settings, f"SMDP_{which}_CERTIFICATES", self.certificate(which, holder))
        setattr(self.settings, f"SMDP_{which}_KEYS", self.key(which, holder))

    def replace_tls(
        self, *, curve: str = "secp256r1", dns_name: str = ADDRESS, **times: Any
    ) -> None:
        wanted = replace(a_server_wanted("3"), dns_name=dns_name, **(times or VALID))
        holder = certify(wanted, curve=curve, issuer=a_world(curve).ci)
        self.settings.SMDP_TLS_CERTIFICATE = self.certificate("tls", holder)
        self.settings.SMDP_TLS_KEY = self.key("tls", holder)

    def replace_list(self, next_update: datetime) -> None:
        ci = self.world.ci
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(ci.certificate.subject)
            .last_update(REAL - 30 * DAY)
            .next_update(next_update)
        )
        path = self.folder / "ci.crl"
        path.write_bytes(builder.sign(ci.key, hashes.SHA256()).public_bytes(Encoding.DER))
        self.settings.SMDP_CRLS = str(path)

    def certificate(self, file: str, holder: Holder) -> str:
        path = self.folder / f"{file}.pem"
        path.write_bytes(holder.certificate.public_bytes(Encoding.PEM))
        return str(path)

    def key(self, file: str, holder: Holder) -> str:
        path = self.folder / f"{file}.key"
        path.write_bytes(
            holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        return str(path)


@pytest.fixture
def smdp(settings: Settings, tmp_path: Path) -> SetUp:
    return SetUp(settings, tmp_path)


def found() -> list[Finding]:
    return list(check_smdp())


def test_what_is_right_is_not_told(smdp: SetUp) -> None:
    smdp.replace_list(REAL + DAY)
    assert found() == []
    check_smdp_before_start(is_with_tls=True)


def test_where_none_is_set_up_there_is_nothing_to_tell(settings: Settings) -> None:
    settings.SMDP_CI_CERTIFICATES = settings.SMDP_AUTHENTICATION_CERTIFICATES = ""
    assert found() == []
    with pytest.raises(CommandFault, match="SM-DP\\+ is not set up"):
        check_smdp_before_start(is_with_tls=False)


def test_a_certificate_for_tls_on_a_curve_that_clients_do_not_take_ends_the_start(
    smdp: SetUp,
) -> None:
    smdp.replace_tls(curve="brainpoolP256r1")
    [one] = found()
    assert one.is_fault
    assert "LIMOSA_SMDP_TLS_CERTIFICATE: TLS clients take no key on brainpoolP256r1" in one.text
    with pytest.raises(CommandFault, match="brainpool"):
        check_smdp_before_start(is_with_tls=True)
    check_smdp_before_start(is_with_tls=False)  # The proxy has its own.


@pytest.mark.parametrize(
    ("dns_name", "is_right"),
    [
        ("SMDP.example.com", True),
        ("*.example.com", True),
        ("example.com", False),
        ("*.com", False),
        ("*", False),
        ("other.example.com", False),
        ("", False),
    ],
)
def test_a_certificate_for_tls_has_to_be_for_the_host_of_the_address(
    smdp: SetUp, dns_name: str, *, is_right: bool
) -> None:
    smdp.replace_tls(dns_name=dns_name)
    assert [(one.is_fault, "for smdp.example.com" in one.text) for one in found()] == (
        [] if is_right else [(True, True)]
    )


def test_what_is_no_certificate_for_tls_is_told(smdp: SetUp) -> None:
    (smdp.folder / "tls.pem").write_bytes(b"nothing")
    [one] = found()
    assert (one.is_fault, one.text.partition(" ")[0]) == (True, "LIMOSA_SMDP_TLS_CERTIFICATE")


@pytest.mark.parametrize(("times", "word"), [(PAST, "expired on"), (FUTURE, "not valid before")])
def test_certificates_that_are_not_valid_now_are_a_warning(
    smdp: SetUp, times: dict[str, Any], word: str, caplog: pytest.LogCaptureFixture
) -> None:
    smdp.settings.SMDP_CI_CERTIFICATES = smdp.certificate("ci", smdp.ci(**times))
    smdp.replace("AUTHENTICATION", "4", **times)
    smdp.replace("BINDING", "5", **times)
    smdp.replace_tls(**times)
    told = found()
    assert [(one.text.partition(":")[0], one.is_fault) for one in told] == [
        ("LIMOSA_SMDP_AUTHENTICATION_CERTIFICATES", False),
        ("LIMOSA_SMDP_BINDING_CERTIFICATES", False),
        ("LIMOSA_SMDP_CI_CERTIFICATES", False),
        ("LIMOSA_SMDP_TLS_CERTIFICATE", False),
    ]
    assert all(word in one.text for one in told)
    check_smdp_before_start(is_with_tls=True)
    assert caplog.text.count(word) == 4


def test_a_list_that_should_have_been_replaced_is_a_warning(smdp: SetUp) -> None:
    smdp.replace_list(REAL - DAY)
    [one] = found()
    assert not one.is_fault
    assert "LIMOSA_SMDP_CRLS: the list of CN=A CI should have been replaced" in one.text


def test_the_command_checks_the_sm_dp_too(smdp: SetUp, capsys: pytest.CaptureFixture[str]) -> None:
    check.run(argparse.Namespace(online=False))
    assert "SM-DP+: ok" in capsys.readouterr().out
    smdp.replace_tls(dns_name="other.example.com")
    assert check.run(argparse.Namespace(online=False)) == 1
    assert "FAULT: LIMOSA_SMDP_TLS_CERTIFICATE is for other.example.com" in capsys.readouterr().out
