"""The variables that the gateway writes are the variables that the product reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from limosa.simulators.payment_gateway.gateway import prepare
from tests.prepared import copy_account

SHOW = """
import django
django.setup()
from limosa.domain.payments.registry import provider_for
provider = provider_for("wechatpay")
print(provider.merchant, *provider.methods)
"""


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """The settings that the gateway writes for its merchant."""
    copy_account(tmp_path)
    return prepare(tmp_path, base_url="http://127.0.0.1:8001")


def run_with(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    fixed = {
        "DJANGO_SETTINGS_MODULE": "limosa.config.settings",
        "LIMOSA_SECRET_KEY": "for this test",
        "PYTHONWARNINGS": "default",
    }
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        env=kept | fixed | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_prepared_merchant_is_a_working_setting(variables: dict[str, str]) -> None:
    done = run_with(variables)
    expected = [variables["LIMOSA_WECHATPAY_MCHID"], "native", "h5", "jsapi"]
    assert done.stdout.split() == expected, done.stderr


def test_a_platform_certificate_stands_in_for_the_public_key(variables: dict[str, str]) -> None:
    folder = Path(variables["LIMOSA_WECHATPAY_PUBLIC_KEY_FILE"]).parent
    changed = {
        "LIMOSA_WECHATPAY_PUBLIC_KEY_FILE": "",
        "LIMOSA_WECHATPAY_PUBLIC_KEY_ID": "",
        "LIMOSA_WECHATPAY_PLATFORM_CERT_FILES": str(folder / "platform_certificate.pem"),
    }
    done = run_with(variables | changed)
    assert done.stdout.split()[:1] == [variables["LIMOSA_WECHATPAY_MCHID"]], done.stderr


@pytest.mark.parametrize("name", ["APIV3_KEY", "CERT_SERIAL", "PUBLIC_KEY_FILE", "PUBLIC_KEY_ID"])
def test_a_variable_that_is_missing_is_named_as_it_is_written(
    variables: dict[str, str], name: str
) -> None:
    done = run_with(variables | {f"LIMOSA_WECHATPAY_{name}": ""})
    assert done.returncode
    assert f"LIMOSA_WECHATPAY_{name} " in done.stderr
