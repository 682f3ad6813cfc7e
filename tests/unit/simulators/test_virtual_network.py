"""The virtual network: uses data at its pace, reports exactly, obeys, forgets nothing."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.simulators.virtual_network.command import NetworkServer
from limosa.simulators.virtual_network.feed import FeedError, UsageFeed
from limosa.simulators.virtual_network.network import THROTTLED, Network
from limosa.simulators.virtual_network.records import Answer, Records, UsageRecord

ICCID, OTHER = "8901260000000000012", "8901260000000000020"
NOW = 1_800_000_000.0
WRONG_TYPE = {
    "results": [
        {
            "record_id": "r",
            "status": "recorded",
            "remaining_bytes": "1",
            "final_unit_action": "none",
        }
    ]
}


class Product:
    """The product's usage feed: a volume per eSIM, records counted once, and some bad days."""

    def __init__(self) -> None:
        self.remaining = {ICCID: 10_000_000}
        self.recorded: dict[str, int] = {}
        self.deliveries = 0
        self.bad_days: list[str] = []
        product = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["Authorization"] == "Bearer key"
                status, answer = product.receive(body)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/feeds/usage"

    def receive(self, body: dict[str, Any]) -> tuple[int, bytes]:
        assert body["feed"] == "virtual-network"
        self.deliveries += len(body["records"])
        bad_day = self.bad_days.pop(0) if self.bad_days else ""
        if bad_day == "refused":
            return 503, b"busy"
        results = [self._record(one) for one in body["records"]]
        if bad_day == "recorded but unsaid":
            return 500, b""
        return 200, b"<" if bad_day == "garbled" else json.dumps({"results": results}).encode()

    def _record(self, one: dict[str, Any]) -> dict[str, object]:
        status = "duplicate" if one["record_id"] in self.recorded else "recorded"
        if one["iccid"] not in self.remaining:
            status = "unknown_esim"
        elif status == "recorded":
            volume = one["uplink_bytes"] + one["downlink_bytes"]
            self.recorded[one["record_id"]] = volume
            self.remaining[one["iccid"]] -= volume
        left = self.remaining.get(one["iccid"])
        action = "redirect" if left is not None and left <= 0 else "none"
        return {
            "record_id": one["record_id"],
            "status": status,
            "remaining_bytes": left,
            "final_unit_action": action,
        }

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def product() -> Iterator[Product]:
    one = Product()
    yield one
    one.stop()


@pytest.fixture
def network(product: Product, tmp_path: Path) -> Iterator[NetworkServer]:
    server = NetworkServer(
        tmp_path, UsageFeed(product.url, "key"), tick_seconds=0.02, probe_seconds=0.05
    )
    server.start()
    yield server
    server.stop()


def steer(network: NetworkServer, **members: object) -> dict[str, Any]:
    reply = httpx.post(f"{network.server.url}/control/esims", json=members)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen within 10 s")


@pytest.mark.enable_socket
@pytest.mark.parametrize("bad_day", ["refused", "recorded but unsaid", "garbled"])
def test_what_is_used_is_recorded_once_whatever_happens(
    network: NetworkServer, product: Product, bad_day: str
) -> None:
    product.bad_days = [bad_day]
    steer(network, iccid=ICCID, use_bytes=4_000_001)
    until(lambda: product.remaining[ICCID] == 5_999_999)
    until(lambda: network.records.unsent_count() == 0)
    assert sum(product.recorded.values()) == 4_000_001


@pytest.mark.enable_socket
def test_it_stops_when_told_and_goes_on_when_there_is_more(
    network: NetworkServer, product: Product
) -> None:
    steer(network, iccid=ICCID, pace=50_000_000)
    until(lambda: network.records.esims()[0].is_blocked)
    until(lambda: network.records.unsent_count() == 0)
    used = network.records.esims()[0].used_bytes
    asked = product.deliveries
    until(lambda: product.deliveries > asked)
    assert network.records.esims()[0].used_bytes == used
    product.remaining[ICCID] = 10**12
    until(lambda: network.records.esims()[0].used_bytes > used)


@pytest.mark.enable_socket
def test_an_unknown_esim_uses_nothing_until_it_is_known(
    network: NetworkServer, product: Product
) -> None:
    steer(network, iccid=OTHER, pace=1_000_000)
    until(lambda: network.records.esims()[0].status == "unknown_esim")
    used = network.records.esims()[0].used_bytes
    time.sleep(0.1)
    assert network.records.esims()[0].used_bytes == used
    product.remaining[OTHER] = 10**12
    until(lambda: network.records.esims()[0].used_bytes > used)


@pytest.mark.enable_socket
def test_the_page_steers_an_esim(network: NetworkServer, product: Product) -> None:
    url = network.server.url
    httpx.post(f"{url}/esims", data={"iccid": ICCID})
    page = httpx.post(f"{url}/esims/{ICCID}", data={"act": "slow"}, follow_redirects=True)
    assert "500.00 kB/s" in page.text
    httpx.post(f"{url}/esims/{ICCID}", data={"act": "stop"})
    until(lambda: network.records.unsent_count() == 0)
    httpx.post(f"{url}/esims/{ICCID}", data={"act": "gigabyte"})
    until(lambda: product.remaining[ICCID] == 0)  # No more than was left.
    assert "out of data" in httpx.get(url).text


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "body", ["{", "[]", '{"iccid": "12"}', f'{{"iccid": "{ICCID}", "pace": -1}}']
)
def test_a_faulty_control_call_is_refused(network: NetworkServer, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    url = f"{network.server.url}/control/esims"
    assert httpx.post(url, content=body, headers=headers).status_code == 400
    assert network.records.esims() == []


def test_records_wait_on_disk_for_a_feed_that_is_away(tmp_path: Path) -> None:
    record = UsageRecord("r-1", ICCID, NOW, NOW + 1, 10, 90)
    first = Records(tmp_path / "network.sqlite3")
    first.add_esim(ICCID, pace=5)
    first.add_usage([record])
    first.close()
    second = Records(tmp_path / "network.sqlite3")
    assert second.unsent(count=10) == [record]
    second.acknowledge([Answer("r-1", "recorded", 7, "none")], now=NOW)
    assert second.unsent_count() == 0
    (esim,) = second.esims()
    assert (esim.pace, esim.used_bytes, esim.remaining_bytes) == (5, 100, 7)
    second.close()


@given(pace=st.integers(1, 10**8), seconds=st.lists(st.floats(0.01, 5), min_size=1, max_size=10))
def test_metering_follows_the_pace(
    tmp_path_factory: pytest.TempPathFactory, pace: int, seconds: list[float]
) -> None:
    records = Records(tmp_path_factory.mktemp("network") / "network.sqlite3")
    records.add_esim(ICCID, pace=pace)
    network = Network(
        records, UsageFeed("http://127.0.0.1:1", ""), lambda: NOW, tick_seconds=1, probe_seconds=3
    )
    now, used = NOW, 0
    for wait in seconds:
        now += wait
        used += sum(one.uplink_bytes + one.downlink_bytes for one in network.meter(now))
    assert 0 <= pace * (now - NOW) - used <= len(seconds) + 1
    records.close()


def test_a_throttled_esim_uses_at_most_the_throttled_pace(tmp_path: Path) -> None:
    records = Records(tmp_path / "network.sqlite3")
    records.add_esim(ICCID, pace=10**7)
    records.add_usage([UsageRecord("r-1", ICCID, NOW, NOW, 0, 0)])
    records.acknowledge([Answer("r-1", "recorded", 0, "throttle")], now=NOW)
    network = Network(
        records, UsageFeed("http://127.0.0.1:1", ""), lambda: NOW, tick_seconds=1, probe_seconds=3
    )
    (record,) = network.meter(NOW + 2)
    assert record.uplink_bytes + record.downlink_bytes == 2 * THROTTLED
    records.close()


def test_a_refused_record_is_done_with(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = UsageFeed("http://127.0.0.1:1", "")
    refused = {"record_id": "r", "status": "invalid", "reason": "iccid must be a text"}
    body = json.dumps({"results": [refused]}).encode()
    monkeypatch.setattr(feed, "_post", lambda _body: (200, body))
    answers = feed.report([UsageRecord("r", ICCID, NOW, NOW, 0, 1)])
    assert answers == [Answer("r", "invalid", None, "none")]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"results": 1}', b'{"results": [{}]}', json.dumps(WRONG_TYPE).encode()],
)
def test_an_answer_of_another_form_acknowledges_nothing(
    monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    feed = UsageFeed("http://127.0.0.1:1", "")
    monkeypatch.setattr(feed, "_post", lambda _body: (200, body))
    with pytest.raises(FeedError):
        feed.report([UsageRecord("r", ICCID, NOW, NOW, 0, 1)])
