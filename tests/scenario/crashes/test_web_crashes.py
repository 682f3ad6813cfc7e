"""As test_crashes.py, of the web server: it dies at every step of a notification."""

from itertools import count

import pytest

from tests.processes import processes_in, wait_for
from tests.scenario.crashes.conftest import Installation, note

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]


def test_the_web_server_may_die_at_any_step_of_a_notification(installation: Installation) -> None:
    for step in count(1):
        installation.kill_at("web", step)
        order, _ = installation.order_and_pay()
        if not installation.dies("web"):
            installation.wait_until_credited(order)
            break
        installation.restart("web")
        installation.wait_until_credited(order)
        installation.wait_until_all_is_told()
    steps = installation.steps("web")
    note("web", steps)
    assert any("after the commit" in step for step in steps)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_the_database_may_die_while_a_notification_is_handled(
    installation: Installation, part: float
) -> None:
    steps = steps_of_a_notification(installation)
    victims = installation.kills / "postgres"
    victims.write_text(" ".join(map(str, processes_in(installation.cluster))), encoding="utf-8")
    installation.kill_at("web", round(steps * part))
    order, _ = installation.order_and_pay()
    wait_for(lambda: installation.has_died("web"), what="the kill")
    victims.unlink()
    installation.start("database")
    installation.wait_until_credited(order)


def steps_of_a_notification(installation: Installation) -> int:
    installation.kill_at("web", 0)
    order, _ = installation.order_and_pay()
    assert not installation.dies("web")
    installation.wait_until_credited(order)
    return len(installation.steps("web"))


def test_a_planted_bug_is_seen(installation: Installation) -> None:
    """The control: a server that answers before it keeps loses the payment when it dies."""
    installation.restart("web", LIMOSA_TEST_BUG="answer first")
    try:
        (installation.kills / "web.steps").unlink(missing_ok=True)
        order, payment = installation.order_and_pay()
        wait_for(installation.is_acknowledged, what="the acknowledgement")
    finally:
        installation.restart("web")
    installation.wait_until_all_is_told()
    assert installation.ask("look", order)["state"] == "placed"
    # Asking heals even that; it leaves even books to the tests that follow.
    installation.start("worker")
    installation.ask("hurry", payment)
    installation.wait_until_credited(order)
    installation.kill("worker")
