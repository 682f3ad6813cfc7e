"""`limosa check --online` asks each supplier that is set up."""

from collections.abc import Iterator
from threading import Event

import pytest
from pytest_django.fixtures import Settings

from limosa.config.checks.suppliers_check import check_suppliers_online
from limosa.foundation.errors import ProviderError
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def fail_with(fake: FakeSupplier, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def balance() -> None:
        raise error

    monkeypatch.setattr(fake, "balance", balance)


def test_one_that_answers_has_no_finding(supplier: FakeSupplier) -> None:
    assert list(check_suppliers_online()) == []


@pytest.mark.parametrize(
    ("error", "is_fault", "words"),
    [
        (ProviderError("HTTP 404", retryable=True), False, "can't be asked: HTTP 404"),
        (ProviderError("account", retryable=False), True, "refuses to be asked: account"),
        (
            ProviderError("HTTP 401", retryable=True, is_unauthorized=True),
            True,
            "does not take our credentials: HTTP 401",
        ),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    supplier: FakeSupplier,
    error: ProviderError,
    is_fault: bool,  # noqa: FBT001 -- of the table
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fail_with(supplier, error, monkeypatch)
    (found,) = check_suppliers_online()
    assert found.is_fault == is_fault
    assert found.text.startswith(f"wholesale {words}")


def test_a_certificate_that_is_not_accepted_is_named(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ProviderError("no answer (SSLError)", retryable=True)
    error.__cause__ = OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired")
    fail_with(supplier, error, monkeypatch)
    (found,) = check_suppliers_online()
    assert "its certificate is not accepted" in found.text


def test_one_that_hangs_is_not_waited_for(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = Event()
    monkeypatch.setattr(supplier, "balance", lambda: ends.wait(20))
    (found,) = check_suppliers_online(wait_seconds=0.2)
    ends.set()
    assert "did not answer" in found.text
