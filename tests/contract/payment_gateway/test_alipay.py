"""Alipay as a merchant and a payer see it, asked with a signer that shares no code with it."""

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zipfile import ZipFile

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from limosa.simulators.clock import BEIJING, wall_clock
from limosa.simulators.payment_gateway.command import GatewayServer
from tests.contract.payment_gateway.merchant_side import Shop
from tests.prepared import copy_account

pytestmark = pytest.mark.enable_socket
PREFIX = "LIMOSA_ALIPAY_"
EXPIRES_AT = datetime.fromtimestamp(wall_clock(), BEIJING) + timedelta(hours=2)


@dataclass
class Alipay:
    """The merchant's side: signs its calls, verifies what comes back."""

    settings: Mapping[str, str]
    shop: Shop

    @property
    def gateway(self) -> str:
        return self.settings[PREFIX + "GATEWAY_URL"]

    @property
    def base(self) -> str:
        return self.gateway.removesuffix("/alipay/gateway.do")

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        pem = Path(self.settings[PREFIX + "PRIVATE_KEY_FILE"]).read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key

    def query(self, asked: str, content: Any, **changed: str) -> str:
        """Return a signed request as it stands in an address."""
        pairs = {
            "app_id": self.settings[PREFIX + "APP_ID"],
            "method": asked,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": "2026-11-25 10:00:00",
            "version": "1.0",
            "notify_url": self.shop.url,
            "biz_content": content if isinstance(content, str) else json.dumps(content),
        } | changed
        text = "&".join(f"{name}={pairs[name]}" for name in sorted(pairs) if pairs[name])
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        pairs.setdefault("sign", base64.b64encode(signature).decode())
        return urlencode(pairs)

    def call(self, method: str, content: Any, **changed: str) -> dict[str, Any]:
        """Make a call by POST; the answer's signature is verified if there is one."""
        reply = httpx.post(self.gateway, content=self.query(method, content, **changed))
        assert reply.status_code == 200
        members: dict[str, Any] = reply.json()
        text = reply.text.partition('_response":')[2].rpartition(',"sign":')[0]
        if "sign" in members:
            self.verify(text.encode(), members["sign"])
        answer: dict[str, Any] = next(iter(members.values()))
        return {**answer, "is_signed": "sign" in members}

    def verify(self, text: bytes, signature: str) -> None:
        der = base64.b64decode(Path(self.settings[PREFIX + "PUBLIC_KEY_FILE"]).read_bytes())
        key = serialization.load_der_public_key(der)
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(base64.b64decode(signature), text, padding.PKCS1v15(), hashes.SHA256())

    def verified(self, form: str) -> dict[str, str]:
        """Return the pairs of a notice or of a return, verified."""
        pairs = dict(parse_qsl(form, keep_blank_values=True))
        signed = sorted(n for n in pairs if n not in {"sign", "sign_type"} and pairs[n])
        self.verify("&".join(f"{n}={pairs[n]}" for n in signed).encode(), pairs["sign"])
        return pairs

    def state(self, number: str) -> str:
        answer = self.call("alipay.trade.query", {"out_trade_no": number})
        return str(answer.get("trade_status") or answer.get("sub_code"))

    def control(self, name: str, **members: object) -> None:
        reply = httpx.post(f"{self.base}/control/{name}", json=members)
        assert reply.status_code == 200, reply.text

    def notices(self, count: int) -> list[dict[str, str]]:
        return [self.verified(body.decode()) for _, body in self.shop.wait_for(count)]


def order(number: str = "P1", **changed: object) -> dict[str, object]:
    return {
        "out_trade_no": number,
        "total_amount": "25.99",
        "subject": "日本 10 GB",
        "product_code": "QR_CODE_OFFLINE",
        "time_expire": f"{EXPIRES_AT:%Y-%m-%d %H:%M:%S}",
    } | changed


@pytest.fixture
def alipay(tmp_path: Path, shop: Shop) -> Iterator[Alipay]:
    folder = tmp_path / "gateway"
    copy_account(folder)
    # 4 minutes of the schedule become a twentieth of a second.
    server = GatewayServer(folder, time_scale=0.0002, refund_seconds=0.1)
    server.start()
    yield Alipay(server.gateway.settings, shop)
    server.stop()


def precreate(alipay: Alipay, number: str = "P1", **changed: object) -> str:
    answer = alipay.call("alipay.trade.precreate", order(number, **changed))
    assert answer["code"] == "10000", answer
    return str(answer["qr_code"])


def test_a_trade_begins_when_its_code_is_scanned(alipay: Alipay) -> None:
    code = precreate(alipay)
    assert precreate(alipay) == code
    assert alipay.state("P1") == "ACQ.TRADE_NOT_EXIST"
    scanned = httpx.get(f"{alipay.base}/alipay/scan", params={"code_url": code})
    assert scanned.status_code == 303
    assert alipay.state("P1") == "WAIT_BUYER_PAY"
    page = httpx.get(alipay.base + scanned.headers["Location"])
    assert "¥25.99" in page.text
    assert "日本 10 GB" in page.text
    paid = httpx.post(alipay.base + scanned.headers["Location"] + "/confirm")
    assert paid.headers["Location"] == scanned.headers["Location"]
    assert alipay.state("P1") == "TRADE_SUCCESS"
    assert "Paid" in httpx.get(alipay.base + paid.headers["Location"]).text
    assert httpx.post(alipay.base + scanned.headers["Location"] + "/confirm").status_code == 303
    notice = alipay.notices(1)[0]
    assert notice["trade_status"] == "TRADE_SUCCESS"
    assert notice["total_amount"] == "25.99"
    assert notice["seller_id"] == alipay.settings[PREFIX + "SELLER_ID"]


@pytest.mark.parametrize("path", ["/alipay/qr/bax0", "/alipay/cashier/bax0"])
def test_an_unknown_code_has_a_page(alipay: Alipay, path: str) -> None:
    assert httpx.get(alipay.base + path).status_code == 404
    for code in (alipay.base + path, "https://qr.alipay.com/bax0", "nonsense"):
        reply = httpx.get(f"{alipay.base}/alipay/scan", params={"code_url": code})
        assert reply.status_code == 404
    assert httpx.post(f"{alipay.base}/alipay/cashier/bax0/confirm").status_code == 404
    assert httpx.post(f"{alipay.base}/alipay/cashier/bax0/cancel").status_code == 404
    assert "code_url" in httpx.get(f"{alipay.base}/alipay/scan").text


@pytest.mark.parametrize(
    ("kind", "product"), [("page", "FAST_INSTANT_TRADE_PAY"), ("wap", "QUICK_WAP_WAY")]
)
def test_a_page_leads_back_with_signed_words_that_say_no_state(
    alipay: Alipay, kind: str, product: str
) -> None:
    back = "http://shop.example/orders/1/?a=1"
    query = alipay.query(f"alipay.trade.{kind}.pay", order(product_code=product), return_url=back)
    opened = httpx.get(f"{alipay.gateway}?{query}")
    assert opened.status_code == 303
    again = httpx.get(f"{alipay.gateway}?{query}")
    assert again.headers["Location"] == opened.headers["Location"]
    assert alipay.state("P1") == "WAIT_BUYER_PAY"
    paid = httpx.post(alipay.base + opened.headers["Location"] + "/confirm")
    parts = urlsplit(paid.headers["Location"])
    assert paid.headers["Location"].startswith(back + "&")
    said = alipay.verified(parts.query.removeprefix("a=1&"))
    assert set(said) == {
        "app_id", "auth_app_id", "method", "sign_type", "sign", "charset", "timestamp", "version",
        "out_trade_no", "trade_no", "total_amount", "seller_id",
    }  # fmt: skip
    assert said["method"] == f"alipay.trade.{kind}.pay.return"


def test_a_payer_who_cancels_goes_back_and_may_pay_later(alipay: Alipay) -> None:
    quit_url = "http://shop.example/orders/1/"
    content = order(product_code="QUICK_WAP_WAY", quit_url=quit_url)
    opened = httpx.get(f"{alipay.gateway}?{alipay.query('alipay.trade.wap.pay', content)}")
    page = alipay.base + opened.headers["Location"]
    assert httpx.post(page + "/cancel").headers["Location"] == quit_url
    assert alipay.state("P1") == "WAIT_BUYER_PAY"
    precreate(alipay, "P2")
    view = httpx.get(f"{alipay.base}/control/alipay/order/P2").json()
    token = view["pay_url"].rpartition("/")[2]
    stays = httpx.post(f"{alipay.base}/alipay/cashier/{token}/cancel").headers["Location"]
    assert "Cancelled" in httpx.get(alipay.base + stays).text


def test_a_page_that_cannot_be_opened_says_so_to_the_payer(alipay: Alipay) -> None:
    content = order(product_code="FAST_INSTANT_TRADE_PAY")
    wrong = alipay.query("alipay.trade.page.pay", content, sign="QUJD")
    reply = httpx.get(f"{alipay.gateway}?{wrong}")
    assert reply.headers["Content-Type"] == "text/html;charset=GBK"
    assert "isv.invalid-signature" in reply.content.decode("gbk")


def test_a_trade_is_closed_once_and_not_before_it_has_begun(alipay: Alipay) -> None:
    code = precreate(alipay)
    close = {"out_trade_no": "P1"}
    assert alipay.call("alipay.trade.close", close)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    httpx.get(code)
    assert alipay.call("alipay.trade.close", close)["code"] == "10000"
    assert alipay.state("P1") == "TRADE_CLOSED"
    assert alipay.call("alipay.trade.close", close)["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert "Not payable" in httpx.get(code, follow_redirects=True).text
    again = alipay.call("alipay.trade.precreate", order())
    assert again["sub_code"] == "ACQ.TRADE_HAS_CLOSE"
    assert httpx.post(f"{alipay.base}/control/alipay/pay", json={"number": "P1"}).status_code == 409
    alipay.control("alipay/pay", number="P1", even_if_closed=True)
    assert alipay.state("P1") == "TRADE_SUCCESS"


def test_what_nobody_pays_in_time_lapses(alipay: Alipay) -> None:
    past = {"time_expire": "2020-01-01 00:00:00"}
    code = precreate(alipay, **past)
    assert "Not payable" in httpx.get(code, follow_redirects=True).text
    assert alipay.state("P1") == "ACQ.TRADE_NOT_EXIST"
    content = order("P2", product_code="QUICK_WAP_WAY", **past)
    httpx.get(f"{alipay.gateway}?{alipay.query('alipay.trade.wap.pay', content)}")
    assert alipay.state("P2") == "TRADE_CLOSED"
    assert httpx.post(f"{alipay.base}/control/alipay/pay", json={"number": "P1"}).status_code == 409


def test_a_number_in_use_takes_no_other_content(alipay: Alipay) -> None:
    precreate(alipay)
    other = alipay.call("alipay.trade.precreate", order(total_amount="1.00"))
    assert other["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"
    alipay.control("alipay/pay", number="P1")
    assert alipay.call("alipay.trade.precreate", order())["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"


def refund(alipay: Alipay, amount: str, number: str = "R1", **more: str) -> dict[str, Any]:
    content = {
        "out_trade_no": "P1",
        "refund_amount": amount,
        "out_request_no": number,
        **more,
    }
    return alipay.call("alipay.trade.refund", content)


def refund_state(alipay: Alipay, number: str) -> str | None:
    content = {"out_trade_no": "P1", "out_request_no": number}
    answer = alipay.call("alipay.trade.fastpay.refund.query", content)
    assert answer["code"] == "10000"
    status: str | None = answer.get("refund_status")
    return status


def test_a_refund_moves_money_once_and_is_told_as_its_trade(alipay: Alipay) -> None:
    precreate(alipay)
    assert refund(alipay, "1.00")["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    alipay.shop.answers.extend([200])  # Not the one word: it comes again.
    alipay.control("alipay/pay", number="P1")
    first, again = refund(alipay, "6.00"), refund(alipay, "6.00")
    assert (first["fund_change"], again["fund_change"]) == ("Y", "N")
    assert refund(alipay, "7.00")["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
    assert refund(alipay, "20.00", "R2")["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    assert alipay.state("P1") == "TRADE_SUCCESS"
    rest = refund(alipay, "19.99", "R2")
    assert (rest["fund_change"], rest["refund_fee"]) == ("Y", "25.99")
    assert alipay.state("P1") == "TRADE_CLOSED"
    assert refund(alipay, "0.01", "R3")["sub_code"] == "ACQ.TRADE_HAS_CLOSE"
    assert refund_state(alipay, "R1") == "REFUND_SUCCESS"
    assert refund_state(alipay, "R9") is None
    said = {
        (one["trade_status"], one.get("refund_fee"), one.get("out_biz_no"))
        for one in alipay.notices(12)
    }
    assert said == {
        ("TRADE_SUCCESS", None, None),
        ("TRADE_SUCCESS", "6.00", "R1"),
        ("TRADE_CLOSED", "25.99", "R2"),
    }


def test_a_refund_may_come_later_or_lack_the_money(alipay: Alipay) -> None:
    httpx.get(precreate(alipay))
    assert refund(alipay, "1.00")["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    alipay.control("alipay/pay", number="P1")
    alipay.control("alipay/refund-outcomes", outcome="SELLER_BALANCE_NOT_ENOUGH")
    assert refund(alipay, "1.00")["sub_code"] == "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    alipay.control("alipay/refund-outcomes", outcome="LATER")
    assert refund(alipay, "1.00")["fund_change"] == "N"
    assert refund(alipay, "1.00", "R2", refund_currency="USD")["sub_code"]
    deadline = wall_clock() + 5
    while refund_state(alipay, "R1") is None:
        assert wall_clock() < deadline


def test_another_currency_is_shown_as_such(alipay: Alipay) -> None:
    precreate(alipay)
    alipay.control("alipay/pay", number="P1", total=2599, currency="JPY")
    answer = alipay.call("alipay.trade.query", {"out_trade_no": "P1"})
    assert (answer["total_amount"], answer["trans_currency"]) == ("2599", "JPY")
    assert refund(alipay, "2599", refund_currency="JPY")["fund_change"] == "Y"
    assert refund_state(alipay, "R1") == "REFUND_SUCCESS"
    assert alipay.notices(1)[0]["trans_currency"] == "JPY"


@pytest.mark.parametrize(
    ("changed", "sub_code"),
    [
        ({"app_id": "2021"}, "isv.invalid-app-id"),
        ({"app_id": ""}, "isv.invalid-app-id"),
        ({"sign": "QUJD"}, "isv.invalid-signature"),
        ({"sign": ""}, "isv.missing-sign"),
        ({"timestamp": ""}, "isv.missing-timestamp"),
        ({"timestamp": "1764036000"}, "isv.invalid-timestamp"),
        ({"sign_type": "RSA"}, "isv.invalid-sign-type"),
        ({"charset": "GBK"}, "isv.invalid-charset"),
        ({"method": "alipay.trade.cancel"}, "isv.invalid-method"),
        ({"notify_url": "nowhere"}, "isv.invalid-notify-url"),
        ({"notify_url": "http://[x"}, "isv.invalid-notify-url"),
    ],
)
def test_what_the_gateway_cannot_place_is_answered_unsigned(
    alipay: Alipay, changed: dict[str, str], sub_code: str
) -> None:
    query = alipay.query("alipay.trade.query", {"out_trade_no": "P1"}, **changed)
    members = httpx.post(alipay.gateway, content=query).json()
    assert "sign" not in members
    assert members["alipay_trade_query_response"]["sub_code"] == sub_code


@pytest.mark.parametrize(
    "changed",
    [
        {"out_trade_no": "P-1"},
        {"out_trade_no": None},
        {"out_trade_no": 7},
        {"subject": "a=b"},
        {"subject": ""},
        {"total_amount": "0.00"},
        {"total_amount": "1.001"},
        {"total_amount": "100000000.01"},
        {"product_code": "FACE_TO_FACE_PAYMENT"},
        {"time_expire": "tomorrow"},
        {"time_expire": "2026-13-01 00:00:00"},
        {"time_expire": "2099-01-01 00:00:00"},
        {"colour": "blue"},
        {"business_params": "text"},
    ],
)
def test_a_member_of_another_form_is_refused(alipay: Alipay, changed: dict[str, object]) -> None:
    answer = alipay.call("alipay.trade.precreate", {**order(), **changed})
    assert (answer["sub_code"], answer["is_signed"]) == ("ACQ.INVALID_PARAMETER", True)


@pytest.mark.parametrize("content", ["[]", "{", "7"])
def test_content_that_is_no_object_is_refused(alipay: Alipay, content: str) -> None:
    assert alipay.call("alipay.trade.query", content)["sub_code"] == "isv.invalid-parameter"


def bill(alipay: Alipay, day: date) -> dict[str, Any]:
    content = {"bill_type": "trade", "bill_date": str(day)}
    return alipay.call("alipay.data.dataservice.bill.downloadurl.query", content)


def test_the_bill_has_what_was_paid_and_paid_back(alipay: Alipay) -> None:
    today = datetime.fromtimestamp(wall_clock(), BEIJING).date()
    assert bill(alipay, today)["sub_code"] == "NO_BILL_DATA"
    assert bill(alipay, today + timedelta(days=1))["sub_code"] == "BILL_NOT_EXIST"
    wrong = {"bill_type": "trade", "bill_date": "2026-02-30"}
    method = "alipay.data.dataservice.bill.downloadurl.query"
    assert alipay.call(method, wrong)["sub_code"] == "ACQ.INVALID_PARAMETER"
    precreate(alipay)
    alipay.control("alipay/pay", number="P1")
    for amount, number in (("6.00", "R1"), ("19.99", "R2")):
        refund(alipay, amount, number)
    url = bill(alipay, today)["bill_download_url"]
    with ZipFile(io.BytesIO(httpx.get(url).content), metadata_encoding="gbk") as file:
        lines_file, sums_file = file.namelist()
        texts = file.read(lines_file).decode("gbk").splitlines()
    assert lines_file.endswith(f"_{today:%Y%m%d}_业务明细.csv")
    assert sums_file.endswith("_业务明细(汇总).csv")
    rows = list(csv.DictReader(text for text in texts if not text.startswith("#")))
    seen = [
        (
            one["业务类型"],
            one["订单金额（元）"],
            one["服务费（元）"],
            one["退款批次号/请求号"].strip(),
        )
        for one in rows
    ]
    # What was kept comes back in full with the last refund.
    assert seen == [
        ("交易", "25.99", "-0.16", ""),
        ("退款", "-6.00", "0.04", "R1"),
        ("退款", "-19.99", "0.12", "R2"),
    ]
    assert "#交易合计：1笔，商家实收共25.99元，商家优惠共0.00元" in texts
    assert "#退款合计：2笔，商家实收退款共-25.99元，商家优惠退款共0.00元" in texts
    assert httpx.get(url + "0").status_code == 404


def test_the_books_say_what_was_taken_and_given(alipay: Alipay) -> None:
    precreate(alipay)
    alipay.control("alipay/pay", number="P1")
    refund(alipay, "6.00")
    said = httpx.get(f"{alipay.base}/control/alipay/statement").json()
    assert said["currencies"]["CNY"] == {
        "takings_minor": 2599, "payments": 1, "refunds_minor": 600, "refunds": 1,
        "disputes_minor": 0, "disputes": 0,
    }  # fmt: skip
    assert "P1" in httpx.get(alipay.base).text
