"""What every wire of the gateway must provide, whichever provider it plays."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from limosa.simulators.payment_gateway.command import GatewayServer
from limosa.simulators.payment_gateway.faults import ReplyFaultKind
from limosa.simulators.payment_gateway.gateway import KINDS, prepare
from limosa.simulators.payment_gateway.wire import CORRUPTIONS

pytestmark = pytest.mark.enable_socket
NAMES = [kind.name for kind in KINDS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[GatewayServer]:
    one = GatewayServer(folder)
    one.start()
    yield one
    one.stop()


def test_no_two_wires_share_a_name_or_a_setting(folder: Path, server: GatewayServer) -> None:
    assert len(set(NAMES)) == len(NAMES)
    wires = server.gateway.wires.values()
    together = [name for wire in wires for name in wire.settings]
    assert len(set(together)) == len(together)
    assert all(name.startswith("LIMOSA_") for name in together)
    assert json.loads((folder / "merchant.json").read_text()) == server.gateway.settings
    assert set(server.gateway.settings) == set(together)


def test_keys_and_numbers_stay_and_only_the_address_follows(tmp_path: Path) -> None:
    before = prepare(tmp_path, base_url="http://127.0.0.1:1")
    after = prepare(tmp_path, base_url="http://127.0.0.1:2")
    changed = {name for name in before if before[name] != after[name]}
    assert all("http://127.0.0.1:1" in before[name] for name in changed)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_the_tables_bear_the_wires_name(kind: object) -> None:
    schema, name = getattr(kind, "schema", ""), getattr(kind, "name", "")
    tables = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", schema)
    assert tables
    assert all(table.startswith(f"{name}_") for table in tables)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_can_go_wrong_with_it(server: GatewayServer, name: str) -> None:
    wire = server.gateway.wires[name]
    assert wire.name == name
    assert wire.title
    assert set(CORRUPTIONS) <= set(wire.corruptions)
    assert not set(wire.reply_faults) & set(ReplyFaultKind)
    assert {"create", "query", "refund"} <= set(wire.operations)
    assert wire.refund_outcomes
    assert wire.answer_seconds_max > 0
    assert all(seconds > 0 for seconds in wire.delays)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_happened_yet_is_a_complete_answer(server: GatewayServer, name: str) -> None:
    control = f"{server.server.url}/control/{name}"
    assert httpx.get(f"{control}/statement").json() == {
        "currencies": {}, "payments": [], "refunds": [], "disputes": [],
    }  # fmt: skip
    assert httpx.get(f"{control}/notifications").json() == {"notifications": []}
    file = httpx.get(f"{control}/settlement", params={"day": "2026-11-25"})
    assert file.status_code == 200
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert httpx.get(f"{control}/settlement", params={"day": "someday"}).status_code == 400


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_payment_is_said_to_be_one(server: GatewayServer, name: str) -> None:
    control = f"{server.server.url}/control/{name}"
    assert httpx.get(f"{control}/order/UNKNOWN-1").status_code == 404
    assert httpx.post(f"{control}/pay", json={"number": "UNKNOWN-1"}).status_code == 409
    disputed = httpx.post(f"{control}/dispute", json={"number": "UNKNOWN-1"})
    ended = {"number": "UNKNOWN-1", "outcome": "won"}
    decided = httpx.post(f"{control}/dispute-outcome", json=ended)
    if "has none" in disputed.text:
        assert (disputed.status_code, decided.status_code) == (400, 400)
    else:
        assert (disputed.status_code, decided.status_code) == (404, 404)


@pytest.mark.parametrize("name", NAMES)
def test_a_webhook_is_set_where_the_account_has_one(server: GatewayServer, name: str) -> None:
    url = f"{server.server.url}/control/{name}/webhook"
    reply = httpx.post(url, json={"url": "http://127.0.0.1:1/notify"})
    assert reply.status_code == (200 if server.gateway.wires[name].has_webhook else 400)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_page_has_its_channel(server: GatewayServer, name: str) -> None:
    page = httpx.get(server.server.url).text
    assert server.gateway.wires[name].title in page


@pytest.mark.parametrize(
    ("call", "members"),
    [
        ("notification-faults", {"fault": {"corrupt": "nonsense"}}),
        ("notification-faults", {"fault": "nonsense"}),
        ("reply-faults", {"kind": "nonsense"}),
        ("reply-faults", {"kind": "timeout", "operation": "nonsense"}),
        ("refund-outcomes", {"outcome": "nonsense"}),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_a_fault_it_does_not_know_is_refused(
    server: GatewayServer, name: str, call: str, members: dict[str, object]
) -> None:
    reply = httpx.post(f"{server.server.url}/control/{name}/{call}", json=members)
    assert reply.status_code == 400
