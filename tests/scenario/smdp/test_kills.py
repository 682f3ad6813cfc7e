"""SIGKILL of the SM-DP+, of the database and of the worker, between any two calls and amid some.

The phone tries again with what its card kept, as phones do, and it all ends with one installation.
That these assertions can fail is shown by the bugs planted in
tests/concurrency/rsp/test_download_crashes.py, which has every step between two statements.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
from django.utils import timezone

from limosa.servers.ports import is_taken
from limosa.simulators.virtual_phone.command import main as run_phone
from limosa.simulators.virtual_phone.lpa.download import Asking
from limosa.simulators.virtual_phone.lpa.es9plus import Connecting
from limosa.simulators.virtual_phone.lpa.faults import LpaFault
from limosa.simulators.virtual_phone.phone import Phone
from tests.processes import LIMOSA, Process, artefacts, free_ports, wait_for
from tests.scenario.smdp.servers import MODULE, NAME, identity, is_answering
from tests.scenario.stack import Stack, open_folder

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.timeout(600),
]
# That change an order; tests/concurrency/rsp/test_download_crashes.py has all.
CALLS = ("getBoundProfilePackage", "handleNotification")
# The steps that a phone tells before a call; at the last, it has the package.
BETWEEN = ("authenticate", "download", "install")
APPLIED = "SELECT count(*) FROM rsp_receivednotification WHERE result = 'applied'"
COUNTS = f"""
SELECT made.state, made.downloads, made.binding IS NULL,
       (SELECT count(*) FROM rsp_progressreport WHERE order_id = made.id),
       (SELECT count(*) FROM rsp_downloadorder AS other WHERE other.profile_id = made.profile_id),
       ({APPLIED})
  FROM rsp_downloadorder AS made JOIN rsp_profile AS profile ON profile.id = made.profile_id
 WHERE iccid = %s
"""  # noqa: S608 -- no value of anybody's


@dataclass
class Installation:
    """A database, a worker, an SM-DP+ in one process, and one phone."""

    stack: Stack
    server: Process
    port: int
    # Of all orders, before the latest one was made.
    applied_before: int = 0
    # What happens once: at a step that the phone tells, or when a call has been sent.
    at_step: dict[str, Callable[[], None]] = field(default_factory=dict)
    amid_call: dict[str, Callable[[], None]] = field(default_factory=dict)

    def kill_server(self) -> None:
        """Kill it, and wait for the end of its processes: until then they hold the port."""
        self.server.kill()
        wait_for(lambda: not is_taken(self.port), what="the end of the server")

    def kill_database(self) -> None:
        self.stack.kill("database")

    def order(self) -> tuple[str, str]:
        """Return the activation code of a new profile, and its ICCID."""
        self.applied_before = self._applied()
        matching_id, iccid = self.stack.run_module(MODULE, "").split()
        return f"LPA:1${NAME}${matching_id}", iccid

    def attempt(self, code: str, *, name: str) -> bool:
        """Have the phone install, or send what it has to report; return whether all is done."""
        folder = self.stack.folder
        connecting = Connecting(trusted=folder / "pki" / "ci.pem", retries=0, drops=self._sent)
        asking = Asking(confirm=lambda _metadata, _needs_code: "", tell=self._told)
        with Phone.opened(
            folder / "phones" / name,
            pki=folder / "pki",
            connecting=connecting,
            now=timezone.now(),
        ) as phone:
            if not phone.profiles():
                try:
                    phone.install(code, asking, way=("127.0.0.1", self.port))
                except LpaFault:
                    return False
            return not phone.send_notifications() and not phone.waiting()

    def profiles_of(self, name: str) -> list[str]:
        folder = self.stack.folder
        connecting = Connecting(trusted=folder / "pki" / "ci.pem")
        with Phone.opened(
            folder / "phones" / name,
            pki=folder / "pki",
            connecting=connecting,
            now=timezone.now(),
        ) as phone:
            return [profile.iccid for profile in phone.profiles()]

    def check_installed_once(self, iccid: str, *, name: str) -> None:
        """The order is installed, was downloaded once, reported once, and its profile belongs to
        nobody else."""
        applied = self.applied_before + 1
        wait_for(
            lambda: self._counts(iccid) == ("installed", 1, True, 2, 1, applied),
            what=lambda: f"the installation; last seen {self._counts(iccid)}",
        )
        assert self.profiles_of(name) == [iccid]

    def _counts(self, iccid: str) -> tuple[object, ...]:
        with psycopg.connect(self.stack.environment["DATABASE_URL"]) as database:
            return database.execute(COUNTS, [iccid]).fetchone() or ()

    def _applied(self) -> int:
        with psycopg.connect(self.stack.environment["DATABASE_URL"]) as database:
            (count,) = database.execute(APPLIED).fetchone() or (0,)
        return int(count)

    def _told(self, step: str, _done: int, _total: int) -> None:
        self.at_step.pop(step, _nothing)()

    def _sent(self, call: str) -> bool:
        self.amid_call.pop(call, _nothing)()
        return False


def _nothing() -> None:
    """Nothing happens."""


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with (
        open_folder("kills") as folder,
        Stack(folder, logs=artefacts("kills"), simulators=()) as stack,
    ):
        pki = folder / "pki"
        run_phone(["pki", "--pki", str(pki), "--fqdn", NAME])
        (port,) = free_ports(1)
        server = Process(
            [*LIMOSA, "smdp", "--port", str(port)],
            environment=stack.environment | identity(pki) | {"LIMOSA_SMDP_WORKERS": "1"},
            log=stack.logs / "smdp.log",
            is_ready=lambda: is_taken(port) and is_answering(pki, port),
        )
        with server:
            yield Installation(stack, server, port)


def test_the_server_may_die_between_any_two_calls(
    installation: Installation,
) -> None:
    code, iccid = installation.order()
    for step in BETWEEN:
        installation.at_step[step] = installation.kill_server
        assert not installation.attempt(code, name="often")
        assert not installation.at_step
        installation.server.start()
        if installation.profiles_of("often"):
            break  # The package was there: the phone went on without the server.
    else:
        raise AssertionError("the phone did not come as far as to install")
    assert installation.attempt(code, name="often")
    installation.check_installed_once(iccid, name="often")


def test_the_server_may_die_amid_a_call_that_changes_an_order(installation: Installation) -> None:
    code, iccid = installation.order()
    for call in CALLS:
        installation.amid_call[call] = installation.kill_server
        installation.attempt(code, name="amid")  # It may have been answered before.
        assert not installation.amid_call
        installation.server.start()
    assert installation.attempt(code, name="amid")
    installation.check_installed_once(iccid, name="amid")


def test_the_database_may_die_and_the_server_goes_on_by_itself(
    installation: Installation,
) -> None:
    code, iccid = installation.order()
    for step in ("authenticate", "download"):
        installation.at_step[step] = installation.kill_database
        assert not installation.attempt(code, name="without")
        assert not installation.at_step
        installation.stack.start("database")
    installation.amid_call["handleNotification"] = installation.kill_database
    installation.attempt(code, name="without")  # It may have been kept before.
    assert not installation.amid_call
    installation.stack.start("database")
    wait_for(lambda: installation.attempt(code, name="without"), what="the report")
    installation.check_installed_once(iccid, name="without")


def test_everything_may_die_at_once(installation: Installation) -> None:
    installation.stack.start("worker")
    code, iccid = installation.order()

    def end_all() -> None:
        installation.stack.kill("worker", "database")
        installation.kill_server()

    installation.at_step["install"] = end_all
    assert not installation.attempt(code, name="all")
    assert not installation.at_step
    installation.stack.start("database", "worker")
    installation.server.start()
    assert installation.attempt(code, name="all")
    installation.check_installed_once(iccid, name="all")
    installation.stack.kill("worker")
