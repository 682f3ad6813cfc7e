"""SIGKILL at every step between payment and credit: exactly one credit comes of it.

The steps are counted in a clean run: each SQL statement, each commit, the answer. Then the process
is killed at each of them in turn. What the retry of the gateway, or the worker's own asking, finds
must become one bundle, one journal entry, one message, and even books.
"""

import contextlib
import time
from collections.abc import Iterator

import pytest

from tests.scenario.crashes.conftest import ARTEFACTS, Installation, call, wait_for

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(1500)]
QUIET_SECONDS = 3


@pytest.fixture
def polled(installation: Installation) -> Iterator[Installation]:
    """The gateway keeps silent: the worker has to ask."""
    call(f"{installation.gateway_url}/control/pause-notifications", {})
    yield installation
    if installation.is_alive("worker"):
        installation.kill("worker")
    call(f"{installation.gateway_url}/control/resume-notifications", {})


def order_and_pay(installation: Installation, supplier: str = "own_network") -> tuple[str, str]:
    made = installation.ask("order", supplier)
    installation.pay(made["payment"])
    return made["order"], made["payment"]


def note(who: str, lines: list[str]) -> None:
    """Keep the steps, to be read."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    (ARTEFACTS / f"{who}-steps.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def count_steps_of_a_notification(installation: Installation) -> int:
    order, _ = order_and_pay(installation)  # The first one makes the journal's accounts.
    installation.wait_until_credited(order)
    installation.restart("web")
    installation.kill_at("web", 0)
    order, _ = order_and_pay(installation)
    installation.wait_until_credited(order)
    wait_for(lambda: "answer" in " ".join(installation.steps("web")), what="the answer")
    steps = installation.steps("web")
    note("web", steps)
    return len(steps)


def test_the_web_server_may_die_at_any_step_of_a_notification(installation: Installation) -> None:
    count = count_steps_of_a_notification(installation)
    assert count >= 8
    for step in range(1, count + 1):
        installation.restart("web")
        installation.kill_at("web", step)
        order, _ = order_and_pay(installation)
        wait_for(lambda: installation.has_died("web"), what=f"the kill at step {step}")
        installation.restart("web")
        installation.wait_until_credited(order)
        installation.wait_until_all_is_told()


def test_the_worker_may_die_at_any_step_of_asking(polled: Installation) -> None:
    installation = polled
    installation.kill_at("worker", 0)
    installation.start_worker()
    order, payment = order_and_pay(installation)
    installation.ask("hurry", payment)
    installation.wait_until_credited(order)
    wait_for(lambda: "answer" in " ".join(installation.steps("worker")), what="the end")
    steps = installation.steps("worker")
    note("worker", steps)
    for step in range(1, len(steps) + 1):
        installation.kill_at("worker", step)
        order, payment = order_and_pay(installation)
        installation.ask("hurry", payment)
        wait_for(lambda: not installation.is_alive("worker"), what=f"the kill at step {step}")
        installation.restart("worker")
        installation.ask("hurry", payment)  # A person would wait for the lease to end.
        installation.wait_until_credited(order)


def test_the_worker_may_die_before_at_and_after_a_call_to_a_supplier(
    installation: Installation,
) -> None:
    """Every other step is tested in tests/concurrency/ordering/test_supply_crashes.py."""
    installation.kill_at("worker", 0)
    installation.start_worker()
    order, _ = order_and_pay(installation, "wholesale")
    installation.wait_until_credited(order)
    wait_for(lambda: "answer" in " ".join(installation.steps("worker")), what="the end")
    steps = [line.split(" ", 1)[1] for line in installation.steps("worker")]
    note("supply", steps)
    for label in ("before the call", "after the call", "before the answer"):
        installation.kill_at("worker", steps.index(label) + 1)
        order, _ = order_and_pay(installation, "wholesale")
        wait_for(lambda: not installation.is_alive("worker"), what=f"the kill {label}")
        installation.restart("worker")
        installation.ask("hurry_supply", order)  # A person would wait for the lease to end.
        installation.wait_until_credited(order)
        assert installation.ask("supplied", order) == {"orders": 1}
    installation.kill("worker")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_the_database_may_die_while_a_notification_is_handled(
    installation: Installation, part: float
) -> None:
    count = count_steps_of_a_notification(installation)
    victims = installation.kills / "postgres"
    victims.write_text(" ".join(map(str, installation.database_processes())), encoding="utf-8")
    installation.kill_at("web", round(count * part))
    order, _ = order_and_pay(installation)
    wait_for(lambda: installation.has_died("web"), what="the kill")
    victims.unlink()
    installation.start_database()
    installation.wait_until_credited(order)


def test_the_gateway_may_die_before_it_tells(polled: Installation) -> None:
    """It keeps what it took, and tells after its start: so do we, whenever it does."""
    order, _ = order_and_pay(polled)
    polled.kill("gateway")
    polled.start_gateway()
    call(f"{polled.gateway_url}/control/resume-notifications", {})
    polled.wait_until_credited(order)


def test_everything_may_die_at_once(polled: Installation) -> None:
    polled.start_worker()
    order, payment = order_and_pay(polled)
    polled.kill("web", "worker", "gateway")
    polled.kill_database()
    polled.start_database()
    polled.start_gateway()
    polled.start_web()
    polled.start_worker()
    polled.ask("hurry", payment)
    polled.wait_until_credited(order)


def test_a_planted_bug_is_seen(installation: Installation) -> None:
    """The control: a server that answers before it keeps loses the payment when it dies."""
    installation.restart("web", LIMOSA_TEST_BUG="answer first")
    try:
        with contextlib.suppress(FileNotFoundError):
            (installation.kills / "web.steps").unlink()
        order, payment = order_and_pay(installation)
        notified = f"{installation.gateway_url}/control/wechatpay/notifications"
        wait_for(lambda: _is_acknowledged(notified), what="the acknowledgement")
        installation.restart("web")
        time.sleep(QUIET_SECONDS)
        assert installation.ask("look", order)["state"] == "placed"
    finally:
        installation.restart("web")
    # Asking heals even that; it leaves even books to the tests that follow.
    installation.start_worker()
    installation.ask("hurry", payment)
    installation.wait_until_credited(order)
    installation.kill("worker")


def _is_acknowledged(url: str) -> bool:
    newest = call(url)["notifications"][0]
    return bool(newest["state"] == "acknowledged")
