"""A phone's pages: scan, confirm, see it installed, switch it on; and every other way to go."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from limosa.simulators.clock import wall_clock
from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes
from limosa.simulators.virtual_phone.card.results import CancelReason
from limosa.simulators.virtual_phone.command import PhoneServer
from limosa.simulators.virtual_phone.installing import Installation, Step
from limosa.simulators.virtual_phone.lpa.download import Asking
from limosa.simulators.virtual_phone.lpa.es9plus import Connecting
from limosa.simulators.virtual_phone.lpa.faults import LpaFault
from limosa.simulators.virtual_phone.network_link import NetworkLink
from limosa.simulators.virtual_phone.phone import Phone
from limosa.simulators.virtual_phone.phones import Household, Phones
from tests.factories.tiny_smdp_server import HttpsServer, Order, TinyServer

pytestmark = pytest.mark.enable_socket

CODE = "LPA:1$smdp.example.com$TEST-0001"
SECONDS = 20.0


@pytest.fixture
def tiny(pki: Path) -> TinyServer:
    return TinyServer(pki, orders={"TEST-0001": Order()})


@pytest.fixture
def phones(tiny: TinyServer, tmp_path: Path, pki: Path) -> Iterator[PhoneServer]:
    server = HttpsServer(tiny)
    server.start()
    connecting = Connecting(pki / "ci.pem")
    way = ("127.0.0.1", server.port)
    pages = PhoneServer(Household(tmp_path, pki, connecting, way, wall_clock))
    pages.start()
    yield pages
    pages.stop()
    server.stop()


@pytest.fixture
def browser(phones: PhoneServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=phones.server.url, follow_redirects=True) as client:
        yield client


def installation(phones: Phones, *steps: Step) -> Step:
    running = phones.installation("mine")
    assert running is not None
    return running.wait_for(*steps, seconds=SECONDS).step


def asked(phones: PhoneServer, browser: httpx.Client) -> str:
    """Scan the code; returns the page that asks."""
    assert "还没有 eSIM" in browser.post("/phones", data={"name": "mine"}).text
    browser.post("/phones/mine/install", data={"code": CODE})
    assert installation(phones.phones, Step.CONFIRM) is Step.CONFIRM
    return browser.get("/phones/mine").text


def test_a_scanned_code_is_confirmed_installed_and_switched_on(
    tiny: TinyServer, phones: PhoneServer, browser: httpx.Client
) -> None:
    question = asked(phones, browser)
    assert "安装这张 eSIM？" in question
    assert "旅行 5 GB" in question
    browser.post("/phones/mine/answer", data={"act": "yes"})
    assert installation(phones.phones, Step.INSTALLED) is Step.INSTALLED
    page = browser.get("/phones/mine/install").text
    assert "eSIM 已安装" in page
    action = re.findall(r'action="(/phones/mine/esims/\d+)"', page)[0]
    assert "已开启" in browser.post(action, data={"act": "on"}).text
    assert "已关闭" in browser.post(action, data={"act": "off"}).text
    assert "还没有 eSIM" in browser.post(action, data={"act": "delete"}).text
    assert len(tiny.notifications) == 4


@pytest.mark.parametrize(("act", "reason"), [("later", 1), ("no", 0)])
def test_a_no_is_told_to_the_server_and_shown(
    tiny: TinyServer, phones: PhoneServer, browser: httpx.Client, act: str, reason: int
) -> None:
    asked(phones, browser)
    browser.post("/phones/mine/answer", data={"act": act})
    assert installation(phones.phones, Step.FAILED) is Step.FAILED
    assert 'role="alert"' in browser.get("/phones/mine/install").text
    assert tiny.cancelled == [reason]
    assert asked(phones, browser)  # The code is still good.


def test_a_fault_is_shown_in_both_languages(phones: PhoneServer, browser: httpx.Client) -> None:
    browser.post("/phones", data={"name": "mine"})
    browser.post("/phones/mine/install", data={"code": "<b>"})
    assert installation(phones.phones, Step.FAILED) is Step.FAILED
    page = browser.get("/phones/mine/install").text
    assert "不是有效的激活码" in page
    assert "no activation code" in page


def test_a_confirmation_code_is_asked_for_and_used(
    tiny: TinyServer, phones: PhoneServer, browser: httpx.Client
) -> None:
    tiny.orders["TEST-0001"].code = "1234"
    assert "确认码" in asked(phones, browser)
    browser.post("/phones/mine/answer", data={"act": "yes", "confirmation_code": "1234"})
    assert installation(phones.phones, Step.INSTALLED, Step.FAILED) is Step.INSTALLED


def test_a_code_in_the_address_is_filled_in_and_escaped(
    phones: PhoneServer, browser: httpx.Client
) -> None:
    browser.post("/phones", data={"name": "mine"})
    assert f">{CODE}</textarea>" in browser.get("/phones/mine", params={"code": CODE}).text
    assert "<script>" not in browser.get("/phones/mine", params={"code": "<script>"}).text
    assert "<script>" not in browser.get("/", params={"code": '"><script>'}).text


def test_nothing_is_made_of_a_wrong_name(phones: PhoneServer, browser: httpx.Client) -> None:
    browser.post("/phones", data={"name": "../up"})
    assert browser.get("/control/phones").json() == {"phones": []}
    assert browser.get("/phones/nobody").status_code == 404


def test_a_second_scan_joins_the_first(phones: PhoneServer, browser: httpx.Client) -> None:
    asked(phones, browser)
    first = phones.phones.installation("mine")
    browser.post("/phones/mine/install", data={"code": CODE})
    assert phones.phones.installation("mine") is first


def test_an_unanswered_question_times_out(
    tiny: TinyServer, phones: PhoneServer, browser: httpx.Client
) -> None:
    asked(phones, browser)
    browser.post("/phones/mine/answer", data={"act": "later"})
    installation(phones.phones, Step.FAILED)
    with phones.phones.opened("mine") as phone:
        running = Installation(lambda asking: phone.install(CODE, asking), answer_seconds=0.01)
        assert running.wait_for(Step.FAILED, seconds=SECONDS).fault is not None
    assert tiny.cancelled == [CancelReason.POSTPONED, CancelReason.TIMEOUT]


class Network:
    """What the virtual network is asked for, and what it answers."""

    def __init__(self) -> None:
        self.paces: dict[str, int] = {}
        self.status = "answered"
        routes = Routes()
        routes.add("GET", "/control/esims", lambda _request, _words: self._reply())
        routes.add("POST", "/control/esims", self._steer)
        self.server = LoopbackServer(routes, port=0)
        self.server.start()

    def _steer(self, request: Request, _words: dict[str, str]) -> Reply:
        asked = json.loads(request.body)
        if asked.get("forget"):
            del self.paces[asked["iccid"]]
        else:
            before = self.paces.get(asked["iccid"], 0)
            self.paces[asked["iccid"]] = asked.get("pace", before)
        return self._reply()

    def _reply(self) -> Reply:
        esims = [
            {"iccid": iccid, "pace": pace, "status": self.status}
            for iccid, pace in self.paces.items()
        ]
        return Reply(200, json.dumps({"esims": esims}).encode())


def test_data_is_used_while_the_esim_is_on(
    phones: PhoneServer, browser: httpx.Client, tmp_path: Path, pki: Path
) -> None:
    asked(phones, browser)
    browser.post("/phones/mine/answer", data={"act": "yes"})
    installation(phones.phones, Step.INSTALLED)
    network = Network()
    link = NetworkLink(network.server.url)
    connecting = Connecting(pki / "ci.pem")
    with_data = PhoneServer(Household(tmp_path, pki, connecting, None, wall_clock, link))
    with_data.start()
    with httpx.Client(base_url=with_data.server.url, follow_redirects=True) as client:
        action = re.findall(r'action="(/phones/mine/esims/\d+)"', client.get("/phones/mine").text)[
            0
        ]
        assert network.paces == {}
        assert "未使用" in client.post(action, data={"act": "on"}).text
        assert set(network.paces.values()) == {0}
        assert "使用中" in client.post(action, data={"act": "data-on"}).text
        assert set(network.paces.values()) == {500_000}
        network.status = "unknown_esim"  # As after a move to another phone.
        moved = client.get("/phones/mine").text
        assert "无服务 · No service" in moved
        assert "网络不再为这张 eSIM 提供服务" in moved
        assert "使用中" not in moved
        network.status = "answered"
        assert "使用中" in client.get("/phones/mine").text
        assert "流量 · Data" not in client.post(action, data={"act": "off"}).text
        assert network.paces == {}
        network.server.stop()
        assert "未使用" in client.post(action, data={"act": "on"}).text
    with_data.stop()


def test_the_phones_name_stays_and_a_deletion_is_asked_for(
    phones: PhoneServer, browser: httpx.Client
) -> None:
    assert '<p class="bar"><span>mine</span>' in asked(phones, browser)
    browser.post("/phones/mine/answer", data={"act": "yes"})
    installation(phones.phones, Step.INSTALLED)
    page = browser.get("/phones/mine").text
    assert '<p class="bar"><span>mine</span>' in page
    question = page.index("<summary>删除此 eSIM")
    assert question < page.index('value="delete"')


def test_a_connection_that_fails_is_told_in_chinese_without_the_systems_words(
    tmp_path: Path, pki: Path
) -> None:
    opening = Phone.opened(
        tmp_path / "one",
        pki=pki,
        connecting=Connecting(pki / "ci.pem"),
        now=datetime(2026, 11, 29, tzinfo=UTC),
    )
    with opening as phone, pytest.raises(LpaFault) as failed:
        phone.install(CODE, Asking(lambda _offer, _needs: ""), way=("127.0.0.1", 1))
    assert failed.value.chinese == "与 127.0.0.1:1 的连接失败：对方拒绝连接。请重试。"
