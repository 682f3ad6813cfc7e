"""SIGKILL at every step between payment and credit: exactly one credit comes of it.

A process is killed at its first step, then at its second, and so on until it comes to its answer:
before each round trip to the database, after each commit, before the answer. What the retry of the
gateway, or the worker's own asking, finds must become one bundle, one journal entry, one message,
and even books.
"""

from itertools import count

import pytest

from tests.scenario.crashes.conftest import Installation, note

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]


def test_the_worker_may_die_at_any_step_of_asking(polled: Installation) -> None:
    polled.start("worker")
    for step in count(1):
        polled.kill_at("worker", step)
        order, payment = polled.order_and_pay()
        polled.ask("hurry", payment)
        if not polled.dies("worker"):
            polled.wait_until_credited(order)
            break
        polled.restart("worker")
        polled.ask("hurry", payment)  # A person would wait for the lease to end.
        polled.wait_until_credited(order)
    steps = polled.steps("worker")
    note("worker", steps)
    assert any("after the commit" in step for step in steps)


def test_the_worker_may_die_before_at_and_after_a_call_to_a_supplier(
    installation: Installation,
) -> None:
    """Every other step is tested in tests/concurrency/ordering/test_supply_crashes.py."""
    installation.start("worker")
    for label in ("before the call", "after the call", "before the answer"):
        installation.kill_at("worker", label)
        order, _ = installation.order_and_pay("wholesale")
        assert installation.dies("worker"), label
        installation.restart("worker")
        installation.ask("hurry_supply", order)  # A person would wait for the lease to end.
        installation.wait_until_credited(order)
        assert installation.ask("supplied", order) == {"orders": 1}
    installation.kill("worker")


def test_the_gateway_may_die_before_it_tells(polled: Installation) -> None:
    """It keeps what it took, and tells after its start: so do we, whenever it does."""
    order, _ = polled.order_and_pay()
    polled.restart("gateway")
    polled.run_control("resume-notifications")
    polled.wait_until_credited(order)


def test_everything_may_die_at_once(polled: Installation) -> None:
    polled.start("worker")
    order, payment = polled.order_and_pay()
    polled.kill("web", "worker", "gateway", "database")
    polled.start("database", "gateway", "web", "worker")
    polled.ask("hurry", payment)
    polled.wait_until_credited(order)
