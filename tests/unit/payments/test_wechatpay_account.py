"""The settings: what cannot be used is named, and never shown."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.payments.providers.wechatpay.account import read_account
from tests.contract.providers.signer import API_V3_KEY, PlatformSigner

GATEWAY = "https://api.mch.weixin.qq.com"


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("keys")
    ec_key = generate_private_key(SECP256R1())
    pem = ec_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ec.pem").write_bytes(pem)
    public = ec_key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "ec_public.pem").write_bytes(pem)
    (folder / "garbage.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nQUJD\n")
    return PlatformSigner().settings(folder, gateway_url=GATEWAY) | {"folder": str(folder)}


def test_a_whole_account_is_read_and_shows_no_secret(values: dict[str, str]) -> None:
    account = read_account(values)
    assert account.private_pem().startswith("-----BEGIN PRIVATE KEY-----\n")
    assert account.platform_pem().startswith("-----BEGIN PUBLIC KEY-----\n")
    assert API_V3_KEY not in repr(account)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mchid", ""),
        ("appid", ""),
        ("cert_serial", ""),
        ("public_key_id", ""),
        ("apiv3_key", ""),
        ("apiv3_key", "too short"),
        ("gateway_url", ""),
        ("gateway_url", "api.mch.weixin.qq.com"),
        ("gateway_url", "https://host/?a=b"),
        ("open_url", "open.weixin.qq.com"),
        ("api_url", "ftp://api.weixin.qq.com"),
        ("private_key_file", ""),
        ("private_key_file", "{folder}/absent.pem"),
        ("private_key_file", "{folder}/garbage.pem"),
        ("private_key_file", "{folder}/ec.pem"),
        ("public_key_file", ""),
        ("public_key_file", "{folder}/garbage.pem"),
        ("public_key_file", "{folder}/ec_public.pem"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    values: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as fault:
        read_account(values | {name: value.format(**values)})
    assert str(fault.value).startswith(f"LIMOSA_WECHATPAY_{name.upper()} ")
    assert API_V3_KEY not in str(fault.value)
