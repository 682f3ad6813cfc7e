"""The platform's side, written for the tests alone: keys, signatures and encrypting of WeChat Pay.

It shares no line with the product or the simulator, so that a mistake in either shows.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

APP_SECRET = "fedcba9876543210fedcba9876543210"
API_V3_KEY = "0123456789abcdef0123456789ABCDEF"
MCHID = "1900000109"
APPID = "wxd678efh567hg6787"
SERIAL = "PUB_KEY_ID_0119000001092024101100397200000006"
NONCE = "d824f2e086d3c1df967785d13fcd22ef"


def new_key() -> rsa.RSAPrivateKey:
    """Make a key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class PlatformSigner:
    """Signs as the platform does."""

    key: rsa.RSAPrivateKey = field(default_factory=new_key)

    def headers(self, body: bytes, *, at: datetime, **changed: str) -> dict[str, str]:
        """Return the signature's headers; `changed` ones (`serial="…"`) are signed as they are."""
        words = {
            "timestamp": str(int(at.timestamp())),
            "nonce": NONCE,
            "serial": SERIAL,
            "signature_type": "WECHATPAY2-SHA256-RSA2048",
        } | changed
        message = b"\n".join((words["timestamp"].encode(), words["nonce"].encode(), body, b""))
        signature = self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        words.setdefault("signature", b64encode(signature).decode())
        return {f"wechatpay-{name.replace('_', '-')}": word for name, word in words.items()}

    def settings(self, folder: Path, *, gateway_url: str) -> dict[str, str]:
        """Write the key files; return the settings of a merchant of this platform."""
        private_pem = new_key().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        public_pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (folder / "merchant.pem").write_bytes(private_pem)
        (folder / "platform.pem").write_bytes(public_pem)
        return {
            "mchid": MCHID,
            "appid": APPID,
            "apiv3_key": API_V3_KEY,
            "cert_serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
            "private_key_file": str(folder / "merchant.pem"),
            "public_key_file": str(folder / "platform.pem"),
            "public_key_id": SERIAL,
            "platform_cert_files": "",
            "gateway_url": gateway_url,
            "app_secret": APP_SECRET,
            "open_url": "https://open.weixin.qq.com",
            "api_url": gateway_url,
        }

    def certificate(
        self, file: Path, *, serial: int, begins_at: datetime, ends_at: datetime
    ) -> dict[str, str]:
        """Write a certificate of the key; return the settings that trust it and no public key."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign")])
        made = x509.CertificateBuilder(name, name, self.key.public_key(), serial)
        made = made.not_valid_before(begins_at).not_valid_after(ends_at)
        pem = made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        file.write_bytes(pem)
        return {
            "platform_cert_files": str(file),
            "public_key_file": "",
            "public_key_id": "",
        }


def seal(
    resource: Any, *, key: str = API_V3_KEY, associated_data: str = "transaction"
) -> dict[str, Any]:
    """Return a notification's `resource` member; bytes are encrypted as they are."""
    text = resource if isinstance(resource, bytes) else json.dumps(resource).encode()
    nonce = "fdasflkja484"
    encrypted = AESGCM(key.encode()).encrypt(nonce.encode(), text, associated_data.encode())
    return {
        "original_type": associated_data,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": b64encode(encrypted).decode(),
        "associated_data": associated_data,
        "nonce": nonce,
    }


def envelope(event_type: str, resource: Mapping[str, Any], **changed: Any) -> bytes:
    """Return a notification's body."""
    members = {
        "id": "EV-2018022511223320873",
        "create_time": "2015-05-20T13:29:35+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": "支付成功",
        "resource": resource,
    } | changed
    return json.dumps(members, ensure_ascii=False).encode()


def transaction(**changed: Any) -> dict[str, Any]:
    """Return a payment as a query and a notification show it."""
    return {
        "transaction_id": "1217752501201407033233368018",
        "amount": {
            "payer_total": 100,
            "total": 100,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
        "mchid": MCHID,
        "trade_state": "SUCCESS",
        "bank_type": "CMC",
        "promotion_detail": [],
        "success_time": "2018-06-08T10:34:56+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "out_trade_no": "1217752501201407033233368018",
        "appid": APPID,
        "trade_state_desc": "支付成功",
        "trade_type": "NATIVE",
        "attach": "",
    } | changed


def refund_notice(**changed: Any) -> dict[str, Any]:
    """Return a refund as its notification shows it: no currency."""
    return {
        "mchid": MCHID,
        "transaction_id": "1008450740201411110005820873",
        "out_trade_no": "20150806125346",
        "refund_id": "50200207182018070300011301001",
        "out_refund_no": "7752501201407033233368018",
        "refund_status": "SUCCESS",
        "success_time": "2018-06-08T10:34:56+08:00",
        "user_received_account": "招商银行信用卡0403",
        "amount": {"total": 999, "refund": 999, "payer_total": 999, "payer_refund": 999},
    } | changed
