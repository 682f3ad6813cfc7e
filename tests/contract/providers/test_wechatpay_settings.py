"""The variables that the gateway writes are the variables that the product reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from limosa.simulators.payment_gateway.gateway import prepare

SHOW = """
import django
django.setup()
from limosa.domain.payments.registry import provider_for
provider = provider_for("wechatpay")
print(provider.merchant, *provider.methods)
"""


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


def test_a_prepared_merchant_is_a_working_setting(tmp_path: Path) -> None:
    variables = prepare(tmp_path, base_url="http://127.0.0.1:8001")
    done = run_with(variables)
    expected = [variables["LIMOSA_WECHATPAY_MCHID"], "native", "h5", "jsapi"]
    assert done.stdout.split() == expected, done.stderr


def test_a_platform_certificate_stands_in_for_the_public_key(tmp_path: Path) -> None:
    variables = prepare(tmp_path, base_url="http://127.0.0.1:8001")
    folder = Path(variables["LIMOSA_WECHATPAY_PUBLIC_KEY_FILE"]).parent
    changed = {
        "LIMOSA_WECHATPAY_PUBLIC_KEY_FILE": "",
        "LIMOSA_WECHATPAY_PUBLIC_KEY_ID": "",
        "LIMOSA_WECHATPAY_PLATFORM_CERT_FILES": str(folder / "platform_certificate.pem"),
    }
    done = run_with(variables | changed)
    assert done.stdout.split()[:1] == [variables["LIMOSA_WECHATPAY_MCHID"]], done.stderr


@pytest.mark.parametrize("name", ["APIV3_KEY", "CERT_SERIAL", "PUBLIC_KEY_FILE", "PUBLIC_KEY_ID"])
def test_a_variable_that_is_missing_is_named_as_it_is_written(tmp_path: Path, name: str) -> None:
    variables = prepare(tmp_path, base_url="http://127.0.0.1:8001")
    done = run_with(variables | {f"LIMOSA_WECHATPAY_{name}": ""})
    assert done.returncode
    assert f"LIMOSA_WECHATPAY_{name} " in done.stderr
