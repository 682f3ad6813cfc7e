"""Answers that are late, broken or not genuine: an error each time, and asking again mends it.

Credentials that are wrong, which each wire refuses in its own way, are told as what they are; and
whatever is posted as a notification costs next to nothing before it is believed.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.test import override_settings
from django.utils import timezone

from limosa.config.checks.outside_check import check_providers_online
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.status_reports import NotificationRefusedError, RefundOutcome
from limosa.foundation.errors import ProviderError
from limosa.servers.endpoints.notifications import BODY_BYTES_MAX
from tests.contract.providers.conftest import OPENED
from tests.contract.providers.harness import Harness
from tests.contract.providers.trial import Trial, created, handle_of, payment_request
from tests.contract.providers.wrong_credentials import OURS, THEIRS, WRONG
from tests.provider_settings import changed_for

Answer = TypeVar("Answer")
pytestmark = pytest.mark.enable_socket
REPLY_FAULTS = (
    "server_error",
    "server_error_after",
    "unsigned",
    "bad_signature",
    "malformed",
    "timeout",
    "timeout_after",
)
CPU_SECONDS_MAX = 0.1  # What no input may cost; it is far less.
BODIES: Mapping[str, bytes] = {
    "lists in lists": b"[" * BODY_BYTES_MAX,
    "objects in objects": b'{"a":' * (BODY_BYTES_MAX // 5),
    "a long number": b"9" * BODY_BYTES_MAX,
    "a huge number": b'{"amount": 9e999990}' + b" " * (BODY_BYTES_MAX - 20),
    "a long text": b'"' + b"\\u0041" * (BODY_BYTES_MAX // 6),
    "many members": b"{" + b'"a":1,' * (BODY_BYTES_MAX // 6),
    "many fields": b"a=b&" * (BODY_BYTES_MAX // 4),
    "signs": b"%" * BODY_BYTES_MAX,
    "encoded": b"sign=%41" + b"%41" * (BODY_BYTES_MAX // 3 - 3),
    "separators": b"&" * BODY_BYTES_MAX,
    "NUL": b"\0" * BODY_BYTES_MAX,
    "no UTF-8": b"\xff" * BODY_BYTES_MAX,
}


@pytest.mark.parametrize("kind", REPLY_FAULTS)
def test_an_unclean_answer_is_an_error_and_asking_again_mends_it(
    harness: Harness, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind not in harness.reply_faults:
        pytest.skip("its answers are not signed: TLS says whose they are")
    harness.shorten_timeouts(monkeypatch)
    provider, request = harness.provider, payment_request(harness)
    started = mended(harness, kind, "create", lambda: provider.create(request))
    assert provider.create(request) == started
    trial = Trial(harness, request, handle_of(request, started.reference))
    report = mended(harness, kind, "query", trial.query)
    assert report.state is harness.unpaid_state(request.method)
    told = trial.paid()
    assert trial.query() == told
    number = "R" + secrets.token_hex(10)
    asked = mended(harness, kind, "refund", lambda: trial.refund(number=number))
    said = mended(harness, kind, "query_refund", lambda: trial.query_refund(asked))
    assert said.outcome in {RefundOutcome.PENDING, RefundOutcome.SUCCEEDED}
    assert trial.ended(asked).amount_minor == told.amount_minor


def mended(harness: Harness, kind: str, call: str, ask: Callable[[], Answer]) -> Answer:
    """Return what the second asking gives, once the first has failed as it should."""
    harness.spoil_next_reply(kind, call=call, count=harness.attempts)
    with pytest.raises(ProviderError) as failed:
        ask()
    assert failed.value.retryable
    harness.reset()
    return ask()


def test_one_fast_failure_is_not_noticed(harness: Harness) -> None:
    if harness.attempts < 2:
        pytest.skip("each call is made once; the caller asks again")
    for kind in ("server_error", "server_error_after"):
        request = payment_request(harness)
        harness.spoil_next_reply(kind, call="create", count=1)
        assert harness.provider.create(request) == harness.provider.create(request)


@pytest.fixture(scope="module")
def other_keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("keys")
    key = generate_private_key(65537, 2048)
    (folder / "private.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "public.pem").write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return {OURS: str(folder / "private.pem"), THEIRS: str(folder / "public.pem")}


@pytest.fixture(autouse=True)
def fresh_providers() -> Iterator[None]:
    """No provider of this test is met by another."""
    provider_for.cache_clear()
    yield
    provider_for.cache_clear()


def test_every_provider_is_asked_with_wrong_ones() -> None:
    assert set(WRONG) == set(OPENED)


def test_right_ones_are_taken(harness: Harness) -> None:
    with only(harness):
        assert list(check_providers_online()) == []


def test_wrong_ones_are_a_fault_whichever_is_wrong(
    harness: Harness, other_keys: dict[str, str]
) -> None:
    code = harness.provider.code
    for wrong in WRONG[code]:
        changed = {name: other_keys.get(value, value) for name, value in wrong.items()}
        provider_for.cache_clear()
        with only(harness), override_settings(PROVIDER_SETTINGS=changed_for(code, changed)):
            request = payment_request(harness)
            with pytest.raises(ProviderError) as failed:
                provider_for(code).query(handle_of(request, provider_for(code).unknown_reference))
            assert failed.value.is_unauthorized, (wrong, str(failed.value))
            (found,) = check_providers_online()
            assert (found.is_fault, found.text.partition(",")[0]) == (
                True,
                f"{code} does not take our credentials",
            )


def test_a_provider_that_does_not_answer_is_no_fault_of_ours(harness: Harness) -> None:
    harness.spoil_next_reply("server_error", call="query", count=harness.attempts)
    unknown = handle_of(payment_request(harness), harness.provider.unknown_reference)
    with pytest.raises(ProviderError) as failed:
        harness.provider.query(unknown)
    assert (failed.value.retryable, failed.value.is_unauthorized) == (True, False)


def only(harness: Harness) -> Any:
    """Have this provider be the only one."""
    made = type(harness.provider)
    path = f"{made.__module__}.{made.__qualname__}"
    return override_settings(PAYMENT_PROVIDERS={harness.provider.code: path})


def test_an_odd_body_is_refused_at_once(harness: Harness) -> None:
    trial = created(harness)
    harness.drain()
    trial.pay()
    genuine = harness.next_notification()
    for headers in ({}, genuine.headers, dict.fromkeys(genuine.headers, "9" * 8000)):
        for kind, body in BODIES.items():
            assert seconds_of(harness, headers, body) < CPU_SECONDS_MAX, kind


def seconds_of(harness: Harness, headers: Mapping[str, str], body: bytes) -> float:
    """Return the least of three: what else this machine does is not counted."""
    taken = []
    for _ in range(3):
        began = time.thread_time()
        with pytest.raises(NotificationRefusedError):
            harness.provider.verify_webhook(headers=headers, body=body, now=timezone.now())
        taken.append(time.thread_time() - began)
    return min(taken)
