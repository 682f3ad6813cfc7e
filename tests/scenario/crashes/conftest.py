"""An installation on loopback whose processes can be killed: database, gateway, web, worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from tests.processes import Process, artefacts, call, wait_for
from tests.scenario.crashes.companion import Companion
from tests.scenario.crashes.forks import ForkedProcess
from tests.scenario.stack import Stack, open_folder

FORKED = ("web", "worker")
CREDITED = {
    "state": "fulfilled",
    "bundles": 1,
    "entries": 1,
    "messages": 1,
    "unbalanced": [],
}


class Installation(Stack):
    """The processes, by name; each may be killed, by itself at a step, and started again."""

    def __init__(self, folder: Path) -> None:
        self.kills = folder / "kills"
        self.kills.mkdir()
        super().__init__(
            folder,
            logs=artefacts("crashes"),
            environment={
                "DJANGO_SETTINGS_MODULE": "tests.scenario.crashes.killing_settings",
                "LIMOSA_TEST_KILL_FOLDER": str(self.kills),
            },
            # A retry that comes after 15 s in the world comes after 0.3 s here.
            time_scale=0.02,
            simulators=["gateway"],
        )
        self._companions: dict[str, Companion] = {}

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            for name in FORKED:
                self._begin_companion(name, "tests.scenario.crashes.forking", name)
            self._begin_companion("driver", "tests.scenario.crashes.driver")
            for companion in self._companions.values():
                companion.wait_until_ready()
            self.start("web")
        except BaseException:
            self.stop()
            raise
        return self

    def _begin_companion(self, name: str, module: str, *words: str) -> None:
        self._companions[name] = Companion(module, *words, environment=self.environment)

    def _process(self, name: str) -> Process:
        if name not in FORKED:
            return super()._process(name)
        return ForkedProcess(
            self._companions[name],
            command=self._command(name),
            log=self.logs / f"{name}.log",
            is_ready=self._is_ready(name),
        )

    def ask(self, *words: str) -> dict[str, Any]:
        return self._companions["driver"].ask(*words)

    def pay(self, payment_number: str) -> None:
        """Pay at the gateway, as the person does."""
        call(f"{self.url('gateway')}/control/wechatpay/pay", {"number": payment_number})

    def run_control(self, name: str) -> dict[str, Any]:
        """Have the gateway do something."""
        return call(f"{self.url('gateway')}/control/{name}", {})

    def is_acknowledged(self) -> bool:
        """Whether the newest notification was taken."""
        newest = call(f"{self.url('gateway')}/control/wechatpay/notifications")["notifications"][0]
        return bool(newest["state"] == "acknowledged")

    def kill_at(self, who: str, step: int | str) -> None:
        """Have a process kill itself at a step of its next work, by its number or its name."""
        (self.kills / f"{who}.steps").unlink(missing_ok=True)
        (self.kills / f"{who}.kill").write_text(str(step), encoding="utf-8")

    def has_died(self, who: str) -> bool:
        return not (self.kills / f"{who}.kill").exists()

    def steps(self, who: str) -> list[str]:
        """Return the steps since `kill_at`."""
        log = self.kills / f"{who}.steps"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def dies(self, who: str) -> bool:
        """Wait for the end of its next work, or of itself; return whether it has died."""

        def has_ended() -> bool:
            return self.has_died(who) or any("answer" in step for step in self.steps(who))

        wait_for(has_ended, what=f"the end of what {who} does")
        has_died = self.has_died(who)
        (self.kills / f"{who}.kill").unlink(missing_ok=True)
        return has_died

    def order_and_pay(self, supplier: str = "own_network") -> tuple[str, str]:
        """Return the numbers of an order and of its payment, which has just been made."""
        made = self.ask("order", supplier)
        self.pay(made["payment"])
        return made["order"], made["payment"]

    def wait_until_credited(self, order_number: str) -> None:
        """Wait until the order is delivered; then see that it was once, and the books are even."""
        seen: dict[str, Any] = {}

        def is_delivered() -> bool:
            seen.update(self.ask("state", order_number))
            return bool(seen["state"] == "fulfilled")

        wait_for(is_delivered, what=lambda: f"the credit; last seen {seen}")
        self.check_books(order_number)

    def wait_until_all_is_told(self) -> None:
        """Wait until the gateway has nothing left to tell."""

        def is_told() -> bool:
            told = call(f"{self.url('gateway')}/control/wechatpay/notifications")["notifications"]
            return all(notification["state"] not in {"pending", "held"} for notification in told)

        wait_for(is_told, what="the gateway's last retry")

    def check_books(self, order_number: str) -> None:
        seen = self.ask("look", order_number)
        statement = call(f"{self.url('gateway')}/control/wechatpay/statement")
        clearing_minor = seen.pop("clearing_minor")
        assert seen == CREDITED
        assert clearing_minor == net_of(statement)

    def stop(self) -> None:
        super().stop()
        for companion in self._companions.values():
            companion.kill()


def net_of(statement: dict[str, Any]) -> int:
    """Return the yuan that the gateway took, less what it gave back, in fen."""
    yuan = statement["currencies"]["CNY"]
    return int(yuan["takings_minor"]) - int(yuan["refunds_minor"])


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """An installation that has credited one payment, which has made the journal's accounts."""
    with open_folder("crashes") as folder, Installation(folder) as running:
        order, _ = running.order_and_pay()
        running.wait_until_credited(order)
        running.wait_until_all_is_told()
        yield running


@pytest.fixture
def polled(installation: Installation) -> Iterator[Installation]:
    """The gateway keeps silent: the worker has to ask."""
    installation.run_control("pause-notifications")
    yield installation
    if installation.is_alive("worker"):
        installation.kill("worker")
    installation.run_control("resume-notifications")


def note(who: str, steps: list[str]) -> None:
    """Keep the steps, to be read."""
    lines = [f"{len(steps)} steps", *steps]
    (artefacts("crashes") / f"{who}-steps.txt").write_text("\n".join(lines), encoding="utf-8")
