"""A payment that the payer was shown is never lost, and its notification goes out after a crash."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from limosa.servers.ports import is_taken
from limosa.simulators.payment_gateway.gateway import prepare
from tests.contract.payment_gateway.merchant_side import Shop, connect
from tests.processes import Process, free_ports

pytestmark = pytest.mark.enable_socket
START_SECONDS_MAX = 20.0  # Generous: other work may share the machine.


def gateway_of(data: Path, port: int) -> Process:
    """Return the gateway as a process."""
    command = [sys.executable, "-m", "limosa.simulators.payment_gateway"]
    return Process(
        [*command, "--port", str(port), "--data", str(data)], is_ready=lambda: is_taken(port)
    )


def test_a_payment_and_its_notification_survive_a_kill(data: Path, shop: Shop) -> None:
    (port,) = free_ports(1)
    settings = prepare(data, base_url=f"http://127.0.0.1:{port}")
    merchant = connect(settings, shop)
    with gateway_of(data, port) as process:
        merchant.control("pause-notifications")
        code_url = merchant.order("ORDER-0001")[1]["code_url"]
        page = httpx.get(
            f"http://127.0.0.1:{port}/wechatpay/scan",
            params={"code_url": code_url},
            follow_redirects=True,
        )
        assert "已支付" in httpx.post(f"{page.url}/confirm", follow_redirects=True).text
        process.kill()
    with gateway_of(data, port):
        assert merchant.state_of("ORDER-0001") == "SUCCESS"
        assert shop.received == []
        merchant.control("resume-notifications")
        (notification,) = shop.wait_for(1)
        content = merchant.decrypt(notification)
        assert content is not None
        assert content["resource"]["out_trade_no"] == "ORDER-0001"


def test_sigterm_ends_it_cleanly_and_soon_even_when_a_reply_is_held_back(
    data: Path, shop: Shop
) -> None:
    (port,) = free_ports(1)
    settings = prepare(data, base_url=f"http://127.0.0.1:{port}")
    merchant = connect(settings, shop)
    with gateway_of(data, port) as process:
        merchant.control("reply-faults", kind="timeout", seconds=60)
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(b"GET /v3/pay/transactions/id/1 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.2)
            begun = time.monotonic()
            process.terminate()
            assert process.wait(10) == 0
        assert time.monotonic() - begun < 5


def test_a_taken_port_is_said_to_be_taken(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "limosa.simulators.payment_gateway", "--port", str(port),
             "--data", str(data)],
            capture_output=True, text=True, check=False, timeout=START_SECONDS_MAX,
        )  # fmt: skip
    assert ended.returncode == 2
    assert "in use" in ended.stderr
    assert str(port) in ended.stderr


def test_prepare_writes_the_settings_and_ends(tmp_path: Path) -> None:
    data = tmp_path / "gateway"
    ended = subprocess.run(
        [sys.executable, "-m", "limosa.simulators.payment_gateway", "--prepare", "--data",
         str(data), "--port", "8001"],
        capture_output=True, text=True, check=True, timeout=START_SECONDS_MAX,
    )  # fmt: skip
    assert ended.stdout.strip() == str(data / "merchant.env")
    lines = (data / "merchant.env").read_text().splitlines()
    written = dict(line.split("=", 1) for line in lines)
    assert written["LIMOSA_WECHATPAY_GATEWAY_URL"] == "http://127.0.0.1:8001"
    assert written == prepare(data, base_url="http://127.0.0.1:8001")
    private = Path(written["LIMOSA_WECHATPAY_PRIVATE_KEY_FILE"])
    assert private.stat().st_mode & 0o077 == 0
