"""The product behind nginx from Debian, configured as the deployment guide says."""

import http.client
import re
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_socket import enable_socket

from limosa.domain.accounts.models import SecurityEvent, SecurityEventKind
from limosa.domain.ordering.changes import announce_order, watch_path
from limosa.domain.ordering.models import Order, OrderState
from limosa.servers.ports import is_taken
from tests.factories.accounts import make_subscriber
from tests.factories.ordering import make_order
from tests.processes import LIMOSA, ROOT, Process, free_ports
from tests.scenario.web_process import own_environment

pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db(transaction=True)]

GUIDE = ROOT / "docs" / "howto" / "deploy-on-one-machine.md"
NAME = "esim.example.com"
PASSWORD = "a long password of theirs"
ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")


def nginx_program() -> str:
    unpacked = ROOT / ".venv" / "nginx" / "usr" / "sbin"
    found = shutil.which("nginx") or shutil.which("nginx", path=f"/usr/sbin:{unpacked}")
    assert found, "no nginx: run tools/environment.py test"
    return found


def make_certificate(folder: Path) -> None:
    """Write a certificate for the guide's host name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)  # noqa: TID251 -- a certificate of today
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{NAME}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / f"{NAME}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def configuration(folder: Path, *, tls_port: int, plain_port: int, web_port: int) -> str:
    """Return the guide's configuration; nothing but its ports and folders is another."""
    guide = GUIDE.read_text(encoding="utf-8")
    block = re.search(r"```nginx\n(.+?)```", guide, re.DOTALL)
    assert block is not None
    text = block[1]
    for documented, ours in {
        "listen 443 ssl": f"listen {tls_port} ssl",
        "listen 80;": f"listen {plain_port};",
        "/etc/ssl/": f"{folder}/",
        "http://127.0.0.1:8000": f"http://127.0.0.1:{web_port}",
    }.items():
        assert documented in text, f"the guide no longer says {documented}"
        text = text.replace(documented, ours)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = re.search(r"```nginx-main\n(.+?)```", guide, re.DOTALL)
    assert main is not None
    return (
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"{main[1]} http {{ access_log off; {temporary}\n{text}\n}}"
    )


Connect = Callable[[str], http.client.HTTPSConnection]


@pytest.fixture(scope="module")
def connect(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connect]:
    """Return a function that connects to nginx from one of our addresses."""
    enable_socket()
    tmp_path = tmp_path_factory.mktemp("nginx")
    web_port, tls_port, plain_port = free_ports(3)
    make_certificate(tmp_path)
    ports = {"web_port": web_port, "tls_port": tls_port, "plain_port": plain_port}
    (tmp_path / "nginx.conf").write_text(configuration(tmp_path, **ports), encoding="utf-8")
    settings = {
        "LIMOSA_BASE_URL": f"https://{NAME}",
        "LIMOSA_TRUSTED_PROXIES": "127.0.0.1",
        "LIMOSA_WEB_WORKERS": "1",
    }
    web = Process(
        [*LIMOSA, "web", "--port", str(web_port)],
        environment=own_environment(**settings),
        is_ready=lambda: is_taken(web_port),
    )
    nginx = Process(
        [nginx_program(), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        is_ready=lambda: is_taken(tls_port),
    )
    trust = ssl.create_default_context(cafile=str(tmp_path / f"{NAME}.pem"))

    def connect(address: str) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection(NAME, tls_port, context=trust, timeout=20)
        plain = socket.create_connection(("127.0.0.1", tls_port), 20, (address, 0))
        connection.sock = trust.wrap_socket(plain, server_hostname=NAME)
        return connection

    with web, nginx:
        yield connect


def ask(
    connection: http.client.HTTPSConnection,
    path: str,
    fields: dict[str, str] | None = None,
    *,
    cookie: str = "",
) -> tuple[int, str, http.client.HTTPMessage]:
    headers = {"Host": NAME, "Referer": f"https://{NAME}/", "Cookie": cookie}
    body = None if fields is None else urlencode(fields)
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("GET" if body is None else "POST", path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def sign_in(connection: http.client.HTTPSConnection, email: str) -> tuple[int, str]:
    """Return the answer's status and Set-Cookie lines."""
    _, page, headers = ask(connection, "/accounts/login/")
    cookies = headers.get_all("Set-Cookie") or []
    cookie = "; ".join(line.partition(";")[0] for line in cookies)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    fields = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    status, _, headers = ask(connection, "/accounts/login/", fields, cookie=cookie)
    return status, "\n".join(headers.get_all("Set-Cookie") or [])


def test_three_people_sign_in_from_the_addresses_that_nginx_forwards(connect: Connect) -> None:
    for address in ADDRESSES:
        email = f"at-{address}@example.com"
        make_subscriber(email=email, password=PASSWORD)
        with closing(connect(address)) as connection:
            status, cookies = sign_in(connection, email)
            assert status == 302
            assert re.search(r"^sessionid=.*; Secure", cookies, re.MULTILINE)
    seen = SecurityEvent.objects.filter(kind=SecurityEventKind.SIGNED_IN)
    assert {event.address for event in seen} == set(ADDRESSES)
    assert len(seen) == len(ADDRESSES)


def test_a_made_up_address_goes_no_further_than_nginx(connect: Connect) -> None:
    make_subscriber(email="lin@example.com", password=PASSWORD)
    with closing(connect(ADDRESSES[0])) as connection:
        connection.request(
            "POST", "/accounts/login/", "login=lin@example.com&password=wrong",
            {"Host": NAME, "X-Forwarded-For": "203.0.113.66"},
        )  # fmt: skip
        connection.getresponse().read()
        sign_in(connection, "lin@example.com")
    assert "203.0.113.66" not in SecurityEvent.objects.values_list("address", flat=True)


@pytest.mark.parametrize(
    "path",
    ["/", "/no-such-page", "/static/limosa.css", "/feeds/usage", "/healthz", "/console/",
     "/events/orders/L-1", "/payments/nobody/notify"],
)  # fmt: skip
def test_every_kind_of_answer_wants_https_and_no_guessing_and_our_host(
    path: str, connect: Connect
) -> None:
    with closing(connect(ADDRESSES[0])) as connection:
        headers = ask(connection, path)[2]
        assert headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
        assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
        connection.request("GET", path, headers={"Host": "evil.example"})
        answer = connection.getresponse()
        said = answer.read()
    if path != "/healthz":  # A supervisor asks by whatever address it has.
        assert answer.status == 400
        assert b"This service does not answer at this address." in said


def test_a_stream_wants_https_and_no_guessing(connect: Connect) -> None:
    with closing(connect(ADDRESSES[1])) as connection:
        connection.request("GET", watch_path(make_order().number), headers={"Host": NAME})
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_timeline_streams_through_nginx(connect: Connect) -> None:
    order = make_order()
    with closing(connect(ADDRESSES[1])) as connection:
        connection.request("GET", watch_path(order.number), headers={"Host": NAME})
        answer = connection.getresponse()
        assert answer.status == 200
        assert next_state(answer) == order.state
        Order.objects.update(state=OrderState.CANCELLED, closed_at=order.placed_at)
        began = time.monotonic()
        announce_order(order.number)
        assert next_state(answer) == OrderState.CANCELLED
        assert time.monotonic() - began < 5  # Buffered, it would come with the next heartbeat.


def next_state(answer: http.client.HTTPResponse) -> str:
    """Read up to the next change; return the state that it tells."""
    for line in answer:
        if found := re.match(rb'data: \{"state": "(\w+)"', line):
            return found[1].decode()
    raise AssertionError("the stream ended")
