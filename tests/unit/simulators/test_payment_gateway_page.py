"""The reference page of the payment gateway names every control call, and no other."""

import re
from pathlib import Path

import pytest

from limosa.simulators.clock import wall_clock
from limosa.simulators.loopback_http import Handler, Routes
from limosa.simulators.payment_gateway.control import Control
from limosa.simulators.payment_gateway.faults import NotificationFault, ReplyFaultKind
from limosa.simulators.payment_gateway.gateway import Gateway
from limosa.simulators.payment_gateway.wire import CORRUPTIONS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "payment-gateway.md"


class Heard(Routes):
    """Keeps what is added."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        self.heard.append((method, pattern))
        super().add(method, pattern, handler)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    folder = tmp_path_factory.mktemp("gateway")
    return Gateway(
        folder, base_url="http://127.0.0.1:1", clock=wall_clock, time_scale=1, refund_seconds=1
    )


def test_the_page_lists_the_control_calls(gateway: Gateway) -> None:
    routes = Heard()
    Control(gateway).add_to(routes)
    names = "|".join(gateway.wires)
    there = {re.sub(rf"^/control/({names})/", "/control/{wire}/", path) for _, path in routes.heard}
    said = set(re.findall(r"^\| `(/control/[^`?]+)", PAGE.read_text(), re.MULTILINE))
    own = {path for path in said if re.match(rf"/control/({names})/", path)}
    assert said - own == there
    wires = Heard()
    for wire in gateway.wires.values():
        wire.add_routes(wires)
    assert own <= {path for _, path in wires.heard}


def test_the_page_names_what_can_go_wrong(gateway: Gateway) -> None:
    words = set(re.findall(r"`(\w+)`", PAGE.read_text()))
    assert set(NotificationFault().as_json()) <= words
    assert set(CORRUPTIONS) <= words
    assert set(ReplyFaultKind) <= words
    for wire in gateway.wires.values():
        assert set(wire.corruptions) <= words, wire.name
        assert set(wire.reply_faults) <= words, wire.name
