"""PayPal's settings: what is missing or wrong is named, and its value is not."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.payments.providers.paypal.account import read_account
from tests.contract.providers.paypal_signer import PayPalSigner

SIGNER = PayPalSigner()


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("client_id", "", "is not set"),
        ("client_secret", "", "is not set"),
        ("merchant_id", "", "is not set"),
        ("webhook_id", "", "is not set"),
        ("certificate_name", "", "is not set"),
        ("api_url", "http://api-m.paypal.com", "must be the beginning of a URL"),
        ("api_url", "api-m.paypal.com", "must be the beginning of a URL"),
        ("api_url", "https://", "must be the beginning of a URL"),
        ("api_url", "http:///path", "must be the beginning of a URL"),
        ("certificate_url", "http://198.51.100.7/certs/", "must be the beginning of a URL"),
        ("certificate_url", "https://api.paypal.com/?a=b", "must be the beginning of a URL"),
        ("ca_file", "/nowhere", "names a file that can't be read"),
        ("ca_file", __file__, "holds no certificate"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str, what: str) -> None:
    with pytest.raises(ImproperlyConfigured) as fault:
        read_account(SIGNER.settings(tmp_path, **{name: value}))
    assert str(fault.value).startswith(f"LIMOSA_PAYPAL_{name.upper()} {what}")
    assert "EGnHDxD_qR" not in str(fault.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001", "http://localhost:8001"])
def test_this_machine_needs_no_tls(tmp_path: Path, url: str) -> None:
    assert read_account(SIGNER.settings(tmp_path, url=url)).api_url == url


def test_without_a_file_the_usual_roots_are_trusted(tmp_path: Path) -> None:
    account = read_account(SIGNER.settings(tmp_path, ca_file=""))
    assert len(account.roots) > 50
    assert account.certificate_folder is None


def test_an_account_is_not_printed(tmp_path: Path) -> None:
    assert repr(read_account(SIGNER.settings(tmp_path))) == "Account(RZA6ZJYS3PYAW)"
