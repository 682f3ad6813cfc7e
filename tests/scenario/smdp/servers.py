"""A running `limosa smdp` with its database, for phones and for operators."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

from limosa.config.phone_pki import smdp_settings
from limosa.servers.ports import is_taken
from limosa.simulators.virtual_phone.command import main as run_phone
from tests.processes import LIMOSA, Process, artefacts, free_ports
from tests.scenario.smdp.operators import (
    PATIENCE_SECONDS,
    Authority,
    Operator,
    client_context,
)
from tests.scenario.stack import Stack, open_folder

NAME = "smdp.example"
MODULE = "tests.scenario.smdp.downloads"


@dataclass
class OrderingSmdp:
    """A server at two ports, and who may order from it."""

    stack: Stack
    folder: Path
    port: int
    es2plus_port: int
    operators: Authority

    def operator(self, certificate: str = "first", *, requester: str = "1.2.3") -> Operator:
        """Return somebody with a certificate of the CA that the server trusts."""
        shown = self.operators.issue(certificate, self.folder)
        context = client_context(self.folder / "pki" / "ci.pem", shown)
        return Operator(self.es2plus_port, requester, context)

    def stock(self, count: int = 1, *, kind: str = "travel") -> list[str]:
        """Make profiles of a type; return their ICCIDs."""
        said = self.stack.run_module("tests.scenario.smdp.stocking", str(count), kind)
        return list(json.loads(said))


def identity(pki: Path) -> dict[str, str]:
    """Return the settings for the certificates of both curves."""
    return smdp_settings(pki, address=NAME) | {"LIMOSA_SMDP_WORKERS": "2"}


@contextmanager
def ordering_smdp(
    name: str,
    *options: str,
    fqdn: str = NAME,
    is_with_worker: bool = False,
    **environment: str,
) -> Iterator[OrderingSmdp]:
    """Start a server. options: of `limosa smdp`. environment: beside its own."""
    with (
        open_folder(name) as folder,
        Stack(folder, logs=artefacts(name), simulators=()) as stack,
    ):
        pki = folder / "pki"
        run_phone(["pki", "--pki", str(pki), "--fqdn", fqdn])
        port, es2plus_port = free_ports(2)
        operators = Authority.made("operators")
        settings = identity(pki) | {
            "LIMOSA_SMDP_ADDRESS": f"{fqdn}:{port}",  # Where its phones report, too.
            "LIMOSA_SMDP_ES2PLUS_PORT": str(es2plus_port),
            "LIMOSA_SMDP_ES2PLUS_CLIENT_CA": str(operators.write(folder)),
        }
        with Process(
            [*LIMOSA, "smdp", "--port", str(port), *options],
            environment=stack.environment | settings | environment,
            log=stack.logs / "smdp.log",
            is_ready=lambda: is_taken(port) and is_answering(pki, port),
        ):
            if is_with_worker:
                stack.start("worker", **settings, **environment)
            yield OrderingSmdp(stack, folder, port, es2plus_port, operators)


def is_answering(pki: Path, port: int) -> bool:
    """Whether a process serves already: the port is open before that."""
    context = client_context(pki / "ci.pem", None)
    connection = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS, context=context)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
