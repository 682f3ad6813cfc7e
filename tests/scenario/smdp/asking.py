"""A phone with a tiny card before a running `limosa smdp`, over plain HTTP."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from limosa.servers.ports import is_taken
from tests.factories.sgp22 import (
    ADDRESS,
    NOW,
    ROLE,
    Holder,
    Wanted,
    World,
    a_card_wanted,
    a_server_wanted,
    an_eum_wanted,
    certify,
    name,
)
from tests.fakes.tiny_card import TinyCard
from tests.processes import LIMOSA, Process, artefacts, free_ports
from tests.scenario.stack import Stack, open_folder

CURVE = "secp256r1"
FAR = NOW + timedelta(days=50 * 365)  # The server goes by the real clock.


@dataclass
class Asked:
    """A phone with a tiny card, before a running server. `orders`: matching ids by name."""

    world: World
    other: World
    orders: dict[str, str]
    port: int
    database: str
    card: TinyCard

    def post(self, function: str, body: bytes) -> bytes:
        """Return the answer's body, whose status has to be 200."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/gsma/rsp2/es9plus/{function}",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            assert response.status == 200
            return bytes(response.read())

    def heard(self, function: str, body: bytes) -> str:
        """Return the codes of a refusal; `ok` if there is none."""
        execution = json.loads(self.post(function, body))["header"]["functionExecutionStatus"]
        if execution["status"] == "Executed-Success":
            return "ok"
        codes = execution["statusCodeData"]
        return f"{codes['subjectCode']}/{codes['reasonCode']}"

    def proof(self, order: str) -> bytes:
        """Begin a session; return what the card says in it."""
        opened = self.post("initiateAuthentication", self.card.initiate_body())
        return self.card.authenticate_body(opened, matching_id=self.orders.get(order, order))

    def agreement(self, order: str, **options: Any) -> bytes:
        """Come as far as the offer; return how the card agrees."""
        self.offer = self.post("authenticateClient", self.proof(order))
        return self.card.prepare_body(self.offer, **options)

    def notified(self, body: bytes) -> tuple[int, bytes]:
        """Return the HTTP status of what a notification was answered, and the body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/gsma/rsp2/es9plus/handleNotification", body)
            answer = connection.getresponse()
            assert answer.headers["X-Admin-Protocol"] == "gsma/rsp/v2.2.0"
            return answer.status, answer.read()
        finally:
            connection.close()


def a_card(eum: Holder, **changes: Any) -> Holder:
    return certify(lasting(a_card_wanted(), **changes), curve=CURVE, issuer=eum)


def lasting(wanted: Wanted, **changes: Any) -> Wanted:
    wanted.not_after = FAR
    for attribute, value in changes.items():
        setattr(wanted, attribute, value)
    return wanted


def a_lasting_world(common_name: str) -> World:
    wanted = Wanted(name(common_name), roles=(ROLE + "0",), is_issuer=True)
    ci = certify(lasting(wanted), curve=CURVE, issuer=None)
    eum = certify(lasting(an_eum_wanted()), curve=CURVE, issuer=ci)
    servers = {
        role: certify(lasting(a_server_wanted(role)), curve=CURVE, issuer=ci)
        for role in ("3", "4", "5")
    }
    return World(CURVE, ci, eum, a_card(eum), servers["4"], servers["5"], servers["3"])


def settings_of(world: World, folder: Path) -> dict[str, str]:
    def kept(file: str, data: bytes) -> str:
        (folder / file).write_bytes(data)
        return str(folder / file)

    def certificate(file: str, holder: Holder) -> str:
        return kept(file, holder.certificate.public_bytes(Encoding.PEM))

    def key(file: str, holder: Holder) -> str:
        secret = holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return kept(file, secret)

    return {
        "LIMOSA_SMDP_ADDRESS": ADDRESS,
        "LIMOSA_SMDP_CI_CERTIFICATES": certificate("ci.pem", world.ci),
        "LIMOSA_SMDP_AUTHENTICATION_CERTIFICATES": certificate("auth.pem", world.authentication),
        "LIMOSA_SMDP_AUTHENTICATION_KEYS": key("auth.key", world.authentication),
        "LIMOSA_SMDP_BINDING_CERTIFICATES": certificate("pb.pem", world.binding),
        "LIMOSA_SMDP_BINDING_KEYS": key("pb.key", world.binding),
        "LIMOSA_SMDP_WORKERS": "1",
    }


@contextmanager
def asked_server(name: str) -> Iterator[Asked]:
    """Start one, with an order in each state."""
    with (
        open_folder(name) as folder,
        Stack(folder, logs=artefacts(name), simulators=()) as stack,
    ):
        world, other = a_lasting_world("A test CI"), a_lasting_world("Another CI")
        (port,) = free_ports(1)
        with Process(
            [*LIMOSA, "smdp", "--plain-http", "--port", str(port)],
            environment=stack.environment | settings_of(world, folder),
            log=stack.logs / "smdp.log",
            is_ready=lambda: is_taken(port),
        ):
            orders = json.loads(stack.run_module("tests.scenario.smdp.orders_in_all_states"))
            database = stack.environment["DATABASE_URL"]
            yield Asked(world, other, orders, port, database, TinyCard(world))
