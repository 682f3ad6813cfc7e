"""Operators over TLS and behind nginx, configured as the how-to says: the same ones either way."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from limosa.servers.ports import is_taken
from tests.processes import LIMOSA, ROOT, Process, free_ports
from tests.scenario.servers.test_behind_nginx import nginx_program
from tests.scenario.smdp.operators import Authority, Operator, client_context
from tests.scenario.smdp.servers import OrderingSmdp, identity, ordering_smdp

pytestmark = pytest.mark.enable_socket
GUIDE = ROOT / "docs" / "howto" / "point-es2plus-at-the-smdp.md"
HEADER = "x-client-certificate"
CONFIRM = {"releaseFlag": True}


@dataclass(frozen=True)
class TwoWays:
    """A server by TLS, and another on the same database behind nginx. Two CAs are trusted."""

    smdp: OrderingSmdp
    ours: Authority
    others: Authority
    nginx_port: int
    plain_port: int

    def shown(self, authority: Authority) -> tuple[Path, Path]:
        """Return a certificate of one name, whoever issues it, and its key: new ones each time."""
        return authority.issue("op1", self.smdp.folder)

    def operator(self, authority: Authority, *, port: int, **fields: str) -> Operator:
        """Return the operator op1 of an authority at a port."""
        context = client_context(self.smdp.folder / "pki" / "ci.pem", self.shown(authority))
        headers = tuple(fields.items())
        return Operator(port, "1.2.3", context, headers)

    def by_tls(self, authority: Authority) -> Operator:
        return self.operator(authority, port=self.smdp.es2plus_port)

    def by_nginx(self, authority: Authority, **headers: str) -> Operator:
        return self.operator(authority, port=self.nginx_port, **headers)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoWays]:
    folder = tmp_path_factory.mktemp("nginx")
    ours, others = Authority.made("ours"), Authority.made("others")
    trusted = folder / "operators.pem"
    trusted.write_bytes(b"".join(one.write(folder).read_bytes() for one in (ours, others)))
    with ordering_smdp("es2plus-nginx", LIMOSA_SMDP_ES2PLUS_CLIENT_CA=str(trusted)) as smdp:
        nginx_port, plain_port = free_ports(2)
        with (
            plain_server(smdp, plain_port),
            nginx(folder, smdp, port=nginx_port, plain_port=plain_port),
        ):
            yield TwoWays(smdp, ours, others, nginx_port, plain_port)


@contextmanager
def plain_server(smdp: OrderingSmdp, port: int) -> Iterator[None]:
    (phones,) = free_ports(1)
    settings = identity(smdp.folder / "pki") | {
        "LIMOSA_SMDP_ES2PLUS_CERTIFICATE_HEADER": HEADER,
        "LIMOSA_SMDP_WORKERS": "1",
        "LIMOSA_TRUSTED_PROXIES": "127.0.0.1",
    }
    with Process(
        [*LIMOSA, "smdp", "--port", str(phones), "--es2plus-port", str(port), "--plain-http"],
        environment=smdp.stack.environment | settings,
        log=smdp.stack.logs / "plain-smdp.log",
        is_ready=lambda: is_taken(port),
    ):
        yield


@contextmanager
def nginx(folder: Path, smdp: OrderingSmdp, *, port: int, plain_port: int) -> Iterator[None]:
    """Start nginx with the guide's configuration; only ports and files are others."""
    block = re.search(r"```nginx\n(.+?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    text = block[1]
    for documented, here in {
        "listen 8444 ssl": f"listen 127.0.0.1:{port} ssl",
        "/home/operator/limosa-smdp/pki/P-256/": f"{smdp.folder}/pki/P-256/",
        "/home/operator/limosa-smdp/operators.pem": f"{folder}/operators.pem",
        "http://127.0.0.1:8081": f"http://127.0.0.1:{plain_port}",
    }.items():
        assert documented in text, f"the guide no longer says {documented}"
        text = text.replace(documented, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temporary}\n{text}\n}}",
        encoding="utf-8",
    )
    with Process(
        [nginx_program(), "-p", str(folder), "-c", str(file)], is_ready=lambda: is_taken(port)
    ):
        yield


def test_what_is_ordered_over_tls_is_the_same_operators_behind_a_proxy(ways: TwoWays) -> None:
    iccid, second = ways.smdp.stock(2)
    assert ways.by_tls(ways.ours).said("downloadOrder", iccid=iccid) == "done"
    assert ways.by_nginx(ways.ours).said("confirmOrder", iccid=iccid, **CONFIRM) == "done"
    assert ways.by_nginx(ways.ours).said("downloadOrder", iccid=second) == "done"
    assert ways.by_tls(ways.ours).said("confirmOrder", iccid=second, **CONFIRM) == "done"


@pytest.mark.parametrize("way", ["by_tls", "by_nginx"])
def test_the_same_name_from_another_issuer_is_another_operator(ways: TwoWays, way: str) -> None:
    (iccid,) = ways.smdp.stock()
    assert ways.by_tls(ways.ours).said("downloadOrder", iccid=iccid) == "done"
    stranger = getattr(ways, way)(ways.others)
    assert stranger.said("confirmOrder", iccid=iccid, **CONFIRM) == "8.2.1/1.2"


@pytest.mark.parametrize("way", ["by_tls", "by_nginx"])
def test_a_header_that_a_client_sends_makes_it_nobody_else(ways: TwoWays, way: str) -> None:
    (iccid,) = ways.smdp.stock()
    assert ways.by_tls(ways.ours).said("downloadOrder", iccid=iccid) == "done"
    stolen = quote(ways.shown(ways.ours)[0].read_text(), safe="")
    port = ways.smdp.es2plus_port if way == "by_tls" else ways.nginx_port
    thief = ways.operator(ways.others, port=port, **{HEADER: stolen})
    assert thief.said("confirmOrder", iccid=iccid, **CONFIRM) == "8.2.1/1.2"


BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
UNREADABLE: dict[str, dict[str, str]] = {
    "none": {},
    "an empty one": {HEADER: ""},
    "a subject": {HEADER: "CN=op1"},
    "no end": {HEADER: quote(f"{BEGIN}\nMIIB\n")},
    "no DER": {HEADER: quote(f"{BEGIN}\nMIIB\n{END}\n")},
    "other bytes": {HEADER: "%ff%00%"},
    "more than a certificate": {HEADER: quote(f"{BEGIN}\n{'A' * 12_000}\n{END}\n")},
}


@pytest.mark.parametrize("form", UNREADABLE)
def test_a_header_that_holds_no_certificate_is_refused_by_its_status(
    ways: TwoWays, form: str
) -> None:
    operator = Operator(ways.plain_port, "1.2.3", None, tuple(UNREADABLE[form].items()))
    assert operator.said("downloadOrder", profileType="travel") == "1.1/1.2"
