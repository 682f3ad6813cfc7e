"""The account is read from the settings, or the start is stopped by the variable's name."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.payments.providers.alipay.account import read_account
from tests.contract.providers.alipay_signer import APP_ID, SELLER_ID, AlipaySigner, new_key

SIGNER = AlipaySigner()
GATEWAY = "https://openapi.alipay.com/gateway.do"


@pytest.fixture
def values(tmp_path: Path) -> dict[str, str]:
    return SIGNER.settings(tmp_path, gateway_url=GATEWAY)


def private_bytes(encoding: serialization.Encoding, form: serialization.PrivateFormat) -> bytes:
    return SIGNER.merchant_key.private_bytes(encoding, form, serialization.NoEncryption())


def test_the_account_is_read(values: dict[str, str]) -> None:
    account = read_account(values)
    assert (account.app_id, account.seller_id) == (APP_ID, SELLER_ID)
    assert account.private_key.private_numbers() == SIGNER.merchant_key.private_numbers()
    assert account.platform_public_key.public_numbers() == SIGNER.key.public_key().public_numbers()
    assert repr(account) == f"Account({APP_ID})"


@pytest.mark.parametrize(
    "form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]
)
@pytest.mark.parametrize("is_pem", [True, False])
def test_keys_are_taken_in_every_form_that_alipays_tool_writes(
    values: dict[str, str], form: serialization.PrivateFormat, *, is_pem: bool
) -> None:
    file = Path(values["private_key_file"])
    if is_pem:
        file.write_bytes(private_bytes(serialization.Encoding.PEM, form))
    else:
        file.write_bytes(base64.encodebytes(private_bytes(serialization.Encoding.DER, form)))
    read_account(values)
    Path(values["public_key_file"]).write_bytes(
        SIGNER.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    read_account(values)


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("app_id", "", "APP_ID"),
        ("app_id", "wx1234", "APP_ID"),
        ("seller_id", "", "SELLER_ID"),
        ("seller_id", "２０８８", "SELLER_ID"),
        ("gateway_url", "", "GATEWAY_URL"),
        ("gateway_url", "ftp://host", "GATEWAY_URL"),
        ("gateway_url", "https:///gateway.do", "GATEWAY_URL"),
        ("gateway_url", GATEWAY + "?charset=utf-8", "GATEWAY_URL"),
        ("private_key_file", "", "PRIVATE_KEY_FILE"),
        ("private_key_file", "/nowhere", "PRIVATE_KEY_FILE"),
        ("public_key_file", "", "PUBLIC_KEY_FILE"),
        ("public_key_file", "/nowhere", "PUBLIC_KEY_FILE"),
    ],
)
def test_a_wrong_setting_is_named(
    values: dict[str, str], name: str, value: str, variable: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"LIMOSA_ALIPAY_{variable} "):
        read_account(values | {name: value})


@pytest.mark.parametrize("content", [b"", b"not base64", b"QUJD", b"-----BEGIN PUBLIC KEY-----"])
@pytest.mark.parametrize("name", ["private_key_file", "public_key_file"])
def test_a_file_that_is_no_key_is_named(values: dict[str, str], name: str, content: bytes) -> None:
    Path(values[name]).write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match="holds no key or certificate"):
        read_account(values)


def test_a_key_with_a_password_is_told_as_such(values: dict[str, str]) -> None:
    Path(values["private_key_file"]).write_bytes(
        new_key(2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(ImproperlyConfigured, match="a key that is protected by a password"):
        read_account(values)


def test_a_key_that_rsa2_does_not_take_is_named(values: dict[str, str]) -> None:
    weak, other = new_key(1024), ed25519.Ed25519PrivateKey.generate()
    for key in (weak, other):
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        for name, content in (("private_key_file", private), ("public_key_file", public)):
            file = Path(values[name])
            before = file.read_bytes()
            file.write_bytes(content)
            with pytest.raises(ImproperlyConfigured, match="no RSA key of 2048 bits"):
                read_account(values)
            file.write_bytes(before)
