"""What was answered survives a kill: the order, its debit, its eSIM, and its callback."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from limosa.servers.ports import is_taken
from limosa.simulators.clock import wall_clock
from limosa.simulators.wholesale.wholesaler import prepare
from tests.contract.wholesale.buyer_side import Buyer, Ear, wait_until
from tests.processes import Process, free_ports

pytestmark = pytest.mark.enable_socket
START_SECONDS_MAX = 20.0
ORDER = {"package_id": "japan-mobile-7days-1gb", "quantity": 2, "description": "A-1"}


def wholesale(data: Path, port: int, *options: str) -> Process:
    """Return the wholesalers as a process."""
    command = [sys.executable, "-m", "limosa.simulators.wholesale", *options]
    return Process(
        [*command, "--port", str(port), "--data", str(data)], is_ready=lambda: is_taken(port)
    )


def buyer_of(data: Path, port: int) -> Buyer:
    url = f"http://127.0.0.1:{port}"
    return Buyer(url, prepare(data, base_url=url, clock=wall_clock), wall_clock)


def test_an_order_that_was_answered_survives_a_kill(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    data = tmp_path / "wholesale"
    buyer = buyer_of(data, port)
    with wholesale(data, port) as process:
        order = buyer.airalo("POST", "orders", ORDER).json()["data"]
        before = buyer.control("airalo")
        process.kill()
    with wholesale(data, port):
        again = buyer.airalo("GET", f"orders/{order['id']}").json()["data"]
        assert again["sims"] == order["sims"]
        assert buyer.control("airalo") == before


def test_an_accepted_order_is_delivered_and_told_after_a_kill(tmp_path: Path, ear: Ear) -> None:
    (port,) = free_ports(1)
    data = tmp_path / "wholesale"
    buyer = buyer_of(data, port)
    package = {"packageCode": "LUS1GB7D", "count": 1}
    members = {"transactionId": "T-1", "packageInfoList": [package]}
    with wholesale(data, port, "--callbacks", ear.url, "--order-seconds", "3600") as process:
        first = buyer.esim_access("esim/order", members)["obj"]["orderNo"]
        process.kill()
    assert ear.received == []
    with wholesale(data, port, "--callbacks", ear.url):
        buyer.control("esim_access", "deliver")
        assert ear.wait_for(1)[0]["content"]["orderNo"] == first
        assert buyer.esim_access("esim/order", members)["obj"]["orderNo"] == first
        wait_until(lambda: buyer.control("esim_access")["callbacks"][0]["state"] == "acknowledged")
        state = buyer.control("esim_access")
        assert len(state["orders"]) == len(state["esims"]) == 1
        assert state["balance"] == 20_000_000 - state["orders"][0]["cost"]


def test_a_callback_that_nobody_took_still_waits_after_a_kill(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    data = tmp_path / "wholesale"
    buyer = buyer_of(data, port)
    nowhere = f"http://127.0.0.1:{free_ports(1)[0]}/{{code}}"
    with wholesale(data, port, "--callbacks", nowhere, "--order-seconds", "0") as process:
        members = {
            "productCode": "A-002-ES-JP-T-7D/180D-1GB(A)",
            "channelOrderNo": "N-1",
            "idempotencyKey": "7d8f2b1e-5a55-4a4e-9f0f-0a1b2c3d4e5f",
        }
        buyer.tgt("order/create", members)
        wait_until(lambda: any(one["attempts"] for one in buyer.control("tgt")["callbacks"]))
        process.kill()
    with wholesale(data, port):
        (waiting,) = buyer.control("tgt")["callbacks"]
        assert waiting["state"] == "pending"


def test_prepare_writes_the_settings_and_ends(tmp_path: Path) -> None:
    data = tmp_path / "wholesale"
    ended = subprocess.run(
        [sys.executable, "-m", "limosa.simulators.wholesale", "--prepare", "--data", str(data),
         "--port", "8006"],
        capture_output=True, text=True, check=True, timeout=START_SECONDS_MAX,
    )  # fmt: skip
    assert ended.stdout.strip() == str(data / "buyer.env")
    written = json.loads((data / "buyer.json").read_text())
    assert written == prepare(data, base_url="http://127.0.0.1:8006", clock=wall_clock)
    assert (data / "operator.key").stat().st_mode & 0o077 == 0
    assert (data / "airalo.json").stat().st_mode & 0o077 == 0


def test_it_says_when_it_is_ready(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with wholesale(tmp_path / "wholesale", port):
        health = httpx.get(f"http://127.0.0.1:{port}/control/health").json()
        assert health["wires"] == ["esim_access", "tgt", "billionconnect", "airalo"]
