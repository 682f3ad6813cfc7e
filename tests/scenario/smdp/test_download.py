"""The virtual phone, which is written from the standard, downloads from a real server over TLS."""

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import psycopg
import pytest

from limosa.servers.ports import is_taken
from limosa.simulators.virtual_phone.command import main as run_phone
from tests.processes import LIMOSA, Process, artefacts, free_ports, wait_for
from tests.scenario.smdp.servers import MODULE, NAME, identity
from tests.scenario.stack import Stack, open_folder

pytestmark = pytest.mark.enable_socket


@dataclass
class Smdp:
    """A server, its database, and phones that reach it."""

    stack: Stack
    folder: Path
    port: int

    def order(self, code: str = "") -> tuple[str, str]:
        """Return the activation code of a new profile, and its ICCID."""
        said = self.stack.run_module(MODULE, code)
        matching_id, iccid = said.split()
        return f"LPA:1${NAME}${matching_id}{'$$1' if code else ''}", iccid

    def state(self, iccid: str) -> str:
        """Return the state of a profile's order, and how often it was downloaded."""
        with psycopg.connect(self.stack.environment["DATABASE_URL"]) as database:
            found = database.execute(
                "SELECT made.state, made.downloads FROM rsp_downloadorder AS made "
                "JOIN rsp_profile AS profile ON profile.id = made.profile_id WHERE iccid = %s",
                [iccid],
            ).fetchone()
        return "{} {}".format(*found or ("missing", 0))

    def phone(self, *words: str, name: str = "mine") -> str:
        """Run a command of a phone; return what it printed."""
        action, *more = words
        where = ["--connect", f"127.0.0.1:{self.port}"] if action == "install" else []
        options = ["--phone", name, "--phones", str(self.folder / "phones")]
        options += ["--pki", str(self.folder / "pki")]
        with redirect_stdout(StringIO()) as out, redirect_stderr(out):
            run_phone([action, *options, *where, *more])
        return out.getvalue()


@pytest.fixture(scope="module")
def smdp() -> Iterator[Smdp]:
    with (
        open_folder("smdp") as folder,
        Stack(folder, logs=artefacts("smdp"), simulators=()) as stack,
    ):
        pki = folder / "pki"
        run_phone(["pki", "--pki", str(pki), "--fqdn", NAME])
        (port,) = free_ports(1)
        with started(stack, identity(pki), port=port):
            yield Smdp(stack, folder, port)


@contextmanager
def started(stack: Stack, settings: dict[str, str], *, port: int) -> Iterator[Process]:
    with Process(
        [*LIMOSA, "smdp", "--port", str(port)],
        environment=stack.environment | settings,
        log=stack.logs / "smdp.log",
        is_ready=lambda: is_taken(port),
    ) as server:
        yield server


def test_a_profile_is_installed_once_switched_on_and_deleted(smdp: Smdp) -> None:
    code, iccid = smdp.order()
    assert "is installed" in smdp.phone("install", code)
    wait_for(lambda: smdp.state(iccid) == "installed 1", what="the installation's report")
    assert "is on" in smdp.phone("enable")
    assert "is off" in smdp.phone("disable")
    assert "is deleted" in smdp.phone("delete")


def test_a_confirmation_code_has_to_be_right(smdp: Smdp) -> None:
    code, iccid = smdp.order("2468")
    said = smdp.phone("install", code, "--confirmation-code", "1357", name="coded")
    assert "installed" not in said
    assert smdp.state(iccid) == "released 0"
    assert "is installed" in smdp.phone(
        "install", code, "--confirmation-code", "2468", name="coded"
    )


@pytest.mark.parametrize(
    "call", ["initiateAuthentication", "authenticateClient", "getBoundProfilePackage"]
)
def test_a_lost_answer_is_asked_for_again(smdp: Smdp, call: str) -> None:
    code, iccid = smdp.order()
    assert "is installed" in smdp.phone("install", code, "--lose-answer", call, name=call.lower())
    wait_for(lambda: smdp.state(iccid) == "installed 1", what="the installation's report")


def test_what_broke_off_between_segments_is_installed_by_the_next_attempt(smdp: Smdp) -> None:
    code, iccid = smdp.order()
    assert "stopped before segment 5" in smdp.phone(
        "install", code, "--stop-at-segment", "5", name="cut"
    )
    assert "is installed" in smdp.phone("install", code, name="cut")
    wait_for(lambda: smdp.state(iccid) == "installed 1", what="the installation's report")


def test_another_phone_does_not_get_what_one_has(smdp: Smdp) -> None:
    code, iccid = smdp.order()
    assert "is installed" in smdp.phone("install", code, name="first")
    assert "is installed" not in smdp.phone("install", code, name="second")
    assert smdp.state(iccid) == "installed 1"
