"""Operators that order by ES2+ over mutual TLS, written from the standard: plain JSON by
http.client, with certificates of a CA of the tests."""

import json
import ssl
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from django.utils import timezone

PATH = "/gsma/rsp2/es2plus/"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Authority:
    """Who issues the certificates of operators, and of a server on loopback."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, name: str) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(name, key, _signed(name, key, name, key, is_authority=True))

    def write(self, folder: Path) -> Path:
        """Write its certificate; return the file."""
        return _written(folder / f"{self.name}.pem", self.certificate)

    def issue(self, name: str, folder: Path) -> tuple[Path, Path]:
        """Write a certificate and its key; return the files."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(name, key, self.name, self.key, is_authority=False)
        secret = folder / f"{self.name}-{name}.key"
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return _written(folder / f"{self.name}-{name}.pem", certificate), secret


@dataclass(frozen=True)
class Operator:
    """An operator at a port. requester: its function requester identifier. context None: plain."""

    port: int
    requester: str
    context: ssl.SSLContext | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def connect(self) -> HTTPConnection:
        """Return a connection, which is not open yet."""
        if self.context is None:
            return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        return HTTPSConnection(
            "127.0.0.1", self.port, timeout=PATIENCE_SECONDS, context=self.context
        )

    def send(
        self,
        function: str,
        body: bytes,
        *,
        method: str = "POST",
        content_type: str = "application/json;charset=UTF-8",
    ) -> tuple[int, str, dict[str, Any]]:
        """Return the HTTP status of what was answered, its type, and its JSON."""
        connection = self.connect()
        headers = {**dict(self.headers), "Content-Type": content_type}
        try:
            connection.request(method, PATH + function, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers["content-type"], json.loads(answer.read() or "{}")
        finally:
            connection.close()

    def call(self, function: str, call: str = "", /, **fields: Any) -> dict[str, Any]:
        """Call a function; return the JSON of its answer."""
        status, _, answer = self.send(function, self.message(call, **fields))
        assert status == 200, answer
        return answer

    def message(self, call: str = "", /, **fields: Any) -> bytes:
        """Return a request."""
        header = {
            "functionRequesterIdentifier": self.requester,
            "functionCallIdentifier": call or str(uuid4()),
        }
        return json.dumps({"header": header, **fields}).encode()

    def said(self, function: str, call: str = "", /, **fields: Any) -> str:
        """Call a function; return its subject and reason codes, or "done"."""
        return codes_of(self.call(function, call, **fields))


def codes_of(answer: dict[str, Any]) -> str:
    """Return the subject and reason codes of an answer, or "done"."""
    execution = answer["header"]["functionExecutionStatus"]
    if execution["status"] == "Executed-Success":
        return "done"
    assert execution["status"] == "Failed"
    data = execution["statusCodeData"]
    return f"{data['subjectCode']}/{data['reasonCode']}"


def client_context(ca: Path, shown: tuple[Path, Path] | None) -> ssl.SSLContext:
    """Return a context that trusts a CA, for whatever name, and shows a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(ca)
    if shown is not None:
        context.load_cert_chain(*shown)
    return context


def _written(file: Path, certificate: x509.Certificate) -> Path:
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return file


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    now = timezone.now()
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.DNSName(name)])
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(names, critical=False)
        .sign(by, hashes.SHA256())
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
