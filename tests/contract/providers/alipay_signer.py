"""The platform's side, written for the tests alone: Alipay's keys and signatures.

It shares no line with the product or the simulator, so that a mistake in either shows.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

APP_ID = "2014072300007148"
SELLER_ID = "2088101106499364"


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Make a key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class AlipaySigner:
    """Signs as the platform does, and checks what the merchant signed."""

    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    merchant_key: rsa.RSAPrivateKey = field(default_factory=new_key)

    def sign(self, text: str | bytes) -> str:
        message = text.encode() if isinstance(text, str) else text
        signature = self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode("ascii")

    def reply(self, method: str, answer: str, *, sign: str | None = None) -> bytes:
        """Return a reply as it goes over the wire; `answer` is JSON text, signed as it stands."""
        name = method.replace(".", "_") + "_response"
        signature = self.sign(answer) if sign is None else sign
        return ('{"' + name + '":' + answer + ',"sign":"' + signature + '"}').encode()

    def form(self, pairs: Mapping[str, str]) -> bytes:
        """Return a signed notice; `sign` and `sign_type` among the pairs are sent as they are."""
        said = {"sign_type": "RSA2", **pairs}
        names = sorted(n for n in said if n not in {"sign", "sign_type"} and said[n] != "")
        text = "&".join(n + "=" + said[n] for n in names)
        said.setdefault("sign", self.sign(text))
        return "&".join(n + "=" + quote_plus(v) for n, v in said.items()).encode("ascii")

    def check_request(self, query: str) -> dict[str, str]:
        """Return the parameters of a request, whose signature is verified here."""
        said = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            said[name] = unquote_plus(value)
        names = sorted(n for n in said if n != "sign" and said[n] != "")
        text = "&".join(n + "=" + said[n] for n in names)
        self.merchant_key.public_key().verify(
            base64.b64decode(said["sign"]), text.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        return said

    def settings(self, folder: Path, *, gateway_url: str) -> dict[str, str]:
        """Write the files of keys and return the settings that name them."""
        private = folder / "app_private_key.pem"
        private.write_bytes(
            self.merchant_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            )
        )
        public = folder / "alipay_public_key.txt"
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        public.write_bytes(base64.b64encode(der))
        return {
            "app_id": APP_ID,
            "seller_id": SELLER_ID,
            "private_key_file": str(private),
            "public_key_file": str(public),
            "gateway_url": gateway_url,
        }


def notice(**changed: str) -> dict[str, str]:
    """Return a notice of a payment, after one that a merchant published."""
    return {
        "gmt_create": "2020-03-27 18:12:45",
        "charset": "utf-8",
        "subject": "日本 30 天 10 GB",
        "body": "",
        "buyer_id": "2088312718052342",
        "invoice_amount": "25.99",
        "notify_id": "2020032700222181247052341404297126",
        "notify_type": "trade_status_sync",
        "trade_status": "TRADE_SUCCESS",
        "receipt_amount": "25.99",
        "buyer_pay_amount": "25.99",
        "app_id": APP_ID,
        "seller_id": SELLER_ID,
        "gmt_payment": "2020-03-27 18:12:46",
        "notify_time": "2020-03-27 18:12:47",
        "version": "1.0",
        "out_trade_no": "P20200327",
        "total_amount": "25.99",
        "trade_no": "2020032722001452341437284085",
        "auth_app_id": APP_ID,
        "buyer_logon_id": "147***@qq.com",
        "point_amount": "0.00",
        "fund_bill_list": '[{"amount":"25.99","fundChannel":"ALIPAYACCOUNT"}]',
    } | changed


def refund_notice(**changed: str) -> dict[str, str]:
    """Return a notice of a refund in full, after a published one."""
    return (
        notice(
            notify_id="2020032700222181915052341404297126",
            trade_status="TRADE_CLOSED",
            gmt_refund="2020-03-27 18:19:15.143",
            gmt_close="2020-03-27 18:19:15",
            notify_time="2020-03-27 18:19:15",
            out_biz_no="R20200327",
            refund_fee="25.99",
        )
        | changed
    )


def trade(**changed: Any) -> dict[str, Any]:
    """Return a paid trade as a query shows it."""
    return {
        "code": "10000",
        "msg": "Success",
        "buyer_logon_id": "hfj***@sandbox.com",
        "buyer_pay_amount": "25.99",
        "buyer_user_id": "2088102179843724",
        "invoice_amount": "25.99",
        "out_trade_no": "P20200327",
        "point_amount": "0.00",
        "receipt_amount": "25.99",
        "send_pay_date": "2019-10-22 15:59:49",
        "total_amount": "25.99",
        "trade_no": "2019102222001443721000074028",
        "trade_status": "TRADE_SUCCESS",
    } | changed


def text_of(answer: Mapping[str, Any]) -> str:
    """Return an answer as the platform writes it."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
