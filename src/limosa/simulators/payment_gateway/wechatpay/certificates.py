"""The platform's certificate: the older way for a merchant to obtain the platform's key.

Source: pay.weixin.qq.com/doc/v3, "下载平台证书": GET /v3/certificates returns the valid
certificates, each encrypted with the merchant's APIv3 key and the associated data `certificate`.
"""

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    Certificate,
    CertificateBuilder,
    Name,
    NameAttribute,
    random_serial_number,
)
from cryptography.x509.oid import NameOID

from limosa.simulators.clock import beijing_time
from limosa.simulators.payment_gateway.wechatpay import crypto
from limosa.simulators.payment_gateway.wire import Json

# The real ones last five years; this one never needs renewal.
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_END = datetime(2070, 1, 1, tzinfo=UTC)


def make_certificate(key: RSAPrivateKey) -> Certificate:
    """Create a self-signed certificate for the key."""
    name = Name(
        [
            NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign (simulated)"),
            NameAttribute(NameOID.ORGANIZATION_NAME, "Tenpay.com (simulated)"),
            NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        ]
    )
    builder = CertificateBuilder(name, name, key.public_key(), random_serial_number())
    return builder.not_valid_before(_BEGIN).not_valid_after(_END).sign(key, SHA256())


def certificate_pem(certificate: Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def serial_of(certificate: Certificate) -> str:
    """Return the serial number as in Wechatpay-Serial: 40 hexadecimal digits."""
    return f"{certificate.serial_number:040X}"


def sealed_certificates(certificate: Certificate, *, apiv3_key: str) -> Json:
    """Return the body of /v3/certificates."""
    pem = certificate_pem(certificate)
    return {
        "data": [
            {
                "serial_no": serial_of(certificate),
                "effective_time": beijing_time(_BEGIN.timestamp()),
                "expire_time": beijing_time(_END.timestamp()),
                "encrypt_certificate": crypto.seal(
                    pem, apiv3_key=apiv3_key, associated_data="certificate"
                ),
            }
        ]
    }
