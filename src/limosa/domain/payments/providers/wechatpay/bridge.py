r"""The parameters of the payment call in WeChat's browser (JSAPI).

Source: pay.weixin.qq.com, "JSAPI调起支付": the merchant signs
`appId\ntimeStamp\nnonceStr\npackage\n`.
"""

import json
from base64 import b64encode
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256


def parameters(
    *, appid: str, prepay_id: str, number: str, created_at: datetime, private_key: RSAPrivateKey
) -> str:
    """Return the parameters as JSON: the same for the same payment, whoever asks and however often.

    Timestamp and nonce are derived from the payment's number and creation time. That is safe: the
    signature covers one prepay id, so a replay can only open that one payment, which the platform
    takes once and which pays us. The nonce need not be secret: it signs nothing else.
    """
    timestamp = str(int(created_at.timestamp()))
    nonce = sha256(f"{number} {timestamp}".encode()).hexdigest()[:32]
    package = f"prepay_id={prepay_id}"
    message = f"{appid}\n{timestamp}\n{nonce}\n{package}\n".encode()
    words = {
        "appId": appid,
        "timeStamp": timestamp,
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": b64encode(private_key.sign(message, PKCS1v15(), SHA256())).decode(),
    }
    return json.dumps(words, separators=(",", ":"))
