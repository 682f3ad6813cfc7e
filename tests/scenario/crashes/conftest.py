"""An installation on loopback whose processes can be killed: database, gateway, web, worker."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from limosa.servers.embedded_postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[3]
ARTEFACTS = ROOT / "artefacts" / "crashes"
PATIENCE_SECONDS = 120
LIMOSA = [sys.executable, "-m", "limosa.config.cli"]
CREDITED = {
    "state": "fulfilled",
    "bundles": 1,
    "entries": 1,
    "messages": 1,
    "unbalanced": [],
}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_for(condition: Callable[[], bool], *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def call(url: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """Send JSON (or ask, when there is none) and return the JSON of the answer."""
    data = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
        return found


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Installation:
    """The processes, by name; each may be started, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kills = folder / "kills"
        self.kills.mkdir()
        self.database = EmbeddedPostgres(folder / "postgres", durable=True)
        self.ports = {"gateway": free_port(), "web": free_port()}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment: dict[str, str] = {}
        self._driver: subprocess.Popen[str] | None = None

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['gateway']}"

    def start(self) -> None:
        url = self.database.start()
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LIMOSA_", "DJANGO_"))
        }
        self._environment = {
            **kept,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.scenario.crashes.killing_settings",
            "PYTHONPATH": str(ROOT),
            "LIMOSA_BASE_URL": f"http://127.0.0.1:{self.ports['web']}",
            "LIMOSA_DEBUG": "1",
            "LIMOSA_WEB_WORKERS": "1",
            "LIMOSA_TEST_KILL_FOLDER": str(self.kills),
        }
        self.start_gateway()
        settings = self.folder / "gateway" / "merchant.json"
        self._environment |= json.loads(settings.read_text(encoding="utf-8"))
        subprocess.run([*LIMOSA, "migrate"], env=self._environment, check=True, cwd=ROOT)
        self.start_web()
        self._driver = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.scenario.crashes.driver"],
            env=self._environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def start_gateway(self) -> None:
        self._start(
            "gateway",
            [
                *(sys.executable, "-m", "limosa.simulators.payment_gateway"),
                *("--port", str(self.ports["gateway"]), "--data", str(self.folder / "gateway")),
                # A retry that comes after 15 s in the world comes after 0.3 s here.
                *("--time-scale", "0.02"),
            ],
        )
        wait_for(lambda: answers(self.ports["gateway"]), what="the gateway")

    def start_web(self, **environment: str) -> None:
        self._start("web", [*LIMOSA, "web", "--port", str(self.ports["web"])], **environment)
        wait_for(lambda: answers(self.ports["web"]), what="the web server")

    def start_worker(self) -> None:
        self._start("worker", [*LIMOSA, "worker"])

    def kill(self, *names: str) -> None:
        """Kill processes with SIGKILL, all at once; with the web server, its workers end."""
        for name in names:
            self._processes[name].send_signal(signal.SIGKILL)
        for name in names:
            self._processes.pop(name).wait()
        if "web" in names:  # Its workers follow it within a moment.
            wait_for(lambda: not answers(self.ports["web"]), what="the web server's end")

    def restart(self, name: str, **environment: str) -> None:
        """Kill a process, whatever is left of it, and start it again."""
        self.kill(name)
        if name == "web":
            self.start_web(**environment)
        else:
            self.start_worker()

    def is_alive(self, name: str) -> bool:
        return name in self._processes and self._processes[name].poll() is None

    def kill_database(self) -> None:
        """Kill the server and all that work for it."""
        for process in self.database_processes():
            os.kill(process, signal.SIGKILL)

    def database_processes(self) -> list[int]:
        cluster = self.folder / "postgres" / "cluster"
        return [
            int(process.name)
            for process in Path("/proc").iterdir()
            if process.name.isdecimal() and _works_in(process, cluster)
        ]

    def start_database(self) -> None:
        self.database.stop()
        self.database.start()

    def ask(self, *words: str) -> dict[str, Any]:
        """Ask the driver."""
        assert self._driver is not None
        assert self._driver.stdin is not None
        self._driver.stdin.write(" ".join(words) + "\n")
        self._driver.stdin.flush()
        return self._read()

    def pay(self, payment_number: str) -> None:
        """Pay at the gateway, as the person does."""
        call(f"{self.gateway_url}/control/wechatpay/pay", {"number": payment_number})

    def kill_at(self, who: str, step: int) -> None:
        """Have a process kill itself at a step of its next work."""
        (self.kills / f"{who}.steps").unlink(missing_ok=True)
        (self.kills / f"{who}.kill").write_text(str(step), encoding="utf-8")

    def has_died(self, who: str) -> bool:
        return not (self.kills / f"{who}.kill").exists()

    def steps(self, who: str) -> list[str]:
        """Return the steps since `kill_at`."""
        log = self.kills / f"{who}.steps"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def wait_until_credited(self, order_number: str) -> None:
        """Wait until the order is delivered; then see that it was once, and the books are even."""
        seen: dict[str, Any] = {}

        def is_delivered() -> bool:
            seen.update(self.ask("look", order_number))
            return bool(seen["state"] == "fulfilled")

        wait_for(is_delivered, what=f"the credit; last seen {seen}")
        self.check_books(order_number)

    def wait_until_all_is_told(self) -> None:
        """Wait until the gateway has nothing left to tell."""

        def is_told() -> bool:
            told = call(f"{self.gateway_url}/control/wechatpay/notifications")["notifications"]
            return all(notification["state"] not in {"pending", "held"} for notification in told)

        wait_for(is_told, what="the gateway's last retry")

    def check_books(self, order_number: str) -> None:
        seen = self.ask("look", order_number)
        statement = call(f"{self.gateway_url}/control/wechatpay/statement")
        clearing_minor = seen.pop("clearing_minor")
        assert seen == CREDITED
        assert clearing_minor == net_of(statement)

    def stop(self) -> None:
        if self._driver is not None:
            self._driver.kill()
            self._driver.communicate()
        for process in self._processes.values():
            process.kill()
            process.wait()
        self.database.stop()
        self.database.delete()

    def _start(self, name: str, command: list[str], **environment: str) -> None:
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        with (ARTEFACTS / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                env={**self._environment, "LIMOSA_TEST_KILL_WHO": name, **environment},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def _read(self) -> dict[str, Any]:
        assert self._driver is not None
        assert self._driver.stdout is not None
        line = self._driver.stdout.readline()
        assert line, "the driver has ended"
        answer: dict[str, Any] = json.loads(line)
        return answer


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False


def net_of(statement: dict[str, Any]) -> int:
    """Return the yuan that the gateway took, less what it gave back, in fen."""
    yuan = statement["currencies"]["CNY"]
    return int(yuan["takings_minor"]) - int(yuan["refunds_minor"])


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="limosa-crashes-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # As root, the database runs as another user and must pass.
        running = Installation(folder)
        try:
            running.start()
            yield running
        finally:
            running.stop()
