"""Trade bills over the wire: fetched whole or not at all, from the gateway and from nobody else."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha1
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_socket import enable_socket

from limosa.domain.payments.providers.wechatpay import connection
from limosa.domain.payments.providers.wechatpay.provider import WeChatPayProvider
from limosa.domain.payments.status_reports import RefundOutcome, SettlementKind
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from limosa.simulators.loopback_http import Reply
from tests.contract.providers.harness import HARNESSES, Harness
from tests.contract.providers.scripted import ScriptedGateway, open_scripted
from tests.contract.providers.test_wechatpay_outbound import check_request_signature
from tests.contract.providers.trial import paid

pytestmark = pytest.mark.enable_socket
DAY = date(2026, 11, 22)
FILE = b"what a bill says" * 9999
FILE_SHA1 = sha1(FILE, usedforsecurity=False).hexdigest()
Scene = tuple[ScriptedGateway, WeChatPayProvider]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    enable_socket()
    with open_scripted(tmp_path_factory.mktemp("scripted")) as scene:
        yield scene


@pytest.fixture
def scene(opened: Scene) -> Scene:
    gateway, provider = opened
    gateway.script.clear()
    gateway.asked.clear()
    return gateway, provider


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    enable_socket()
    with HARNESSES["wechatpay"](tmp_path_factory.mktemp("shop")) as harness:
        yield harness


def announced(gateway: ScriptedGateway, provider: WeChatPayProvider, **changed: Any) -> Any:
    members = {
        "hash_type": "SHA1",
        "hash_value": FILE_SHA1,
        "download_url": f"{provider._connection._gateway_url}/v3/billdownload/file?token=a%2Fb_",
    } | changed
    gateway.says(200, members)


def fetched(provider: WeChatPayProvider, day: date = DAY) -> bytes:
    file = io.BytesIO()
    provider.fetch_settlement(day, file)
    return file.getvalue()


def failure(provider: WeChatPayProvider, day: date = DAY) -> ProviderError:
    """Return how fetching fails, having written nothing."""
    file = io.BytesIO()
    with pytest.raises(ProviderError) as failed:
        provider.fetch_settlement(day, file)
    assert file.getvalue() == b""
    return failed.value


def test_a_bill_is_asked_for_and_fetched_with_signed_requests(scene: Scene) -> None:
    gateway, provider = scene
    announced(gateway, provider, hash_value=FILE_SHA1.upper())
    gateway.says_plainly(200, FILE)
    assert fetched(provider) == FILE + b"\n"
    for request in gateway.asked:
        check_request_signature(request)
    assert [(request.method, request.target) for request in gateway.asked] == [
        ("GET", "/v3/bill/tradebill?bill_date=2026-11-22&bill_type=ALL"),
        ("GET", "/v3/billdownload/file?token=a%2Fb_"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:1/v3/billdownload/file?token=x",
        "http://127.0.0.1/v3/billdownload/file?token=x",
        "http://api.example@127.0.0.1:1/file",
        "file:///etc/passwd",
    ],
)
def test_no_file_is_fetched_from_another_host(scene: Scene, url: str) -> None:
    gateway, provider = scene
    announced(gateway, provider, download_url=url)
    assert "another host" in str(failure(provider))
    assert len(gateway.asked) == 1


def test_a_file_that_is_not_the_announced_one_is_not_written(scene: Scene) -> None:
    gateway, provider = scene
    for wrong in (FILE[:-1], FILE + b"0", b""):
        announced(gateway, provider)
        gateway.says_plainly(200, wrong)
        assert failure(provider).retryable


def test_a_download_that_fails_is_asked_for_anew(scene: Scene) -> None:
    gateway, provider = scene
    announced(gateway, provider)
    gateway.says_plainly(400, {"code": "INVALID_REQUEST", "message": "下载地址无效"})
    assert failure(provider).retryable
    announced(gateway, provider)
    gateway.says_plainly(302, b"", Location="/v3/billdownload/file")
    assert failure(provider).retryable
    announced(gateway, provider)
    gateway.script.append(lambda _request: None)
    assert "no answer" in str(failure(provider))
    announced(gateway, provider)
    gateway.script.append(lambda _request: Reply(200, FILE, {"Content-Encoding": "gzip"}))
    assert "no answer" in str(failure(provider))


def test_a_file_without_an_end_is_cut_off(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, provider = scene
    monkeypatch.setattr(connection, "FILE_BYTES_MAX", len(FILE) - 1)
    announced(gateway, provider)
    gateway.says_plainly(200, FILE)
    assert "too large" in str(failure(provider))
    monkeypatch.setattr(connection, "FILE_BYTES_MAX", len(FILE))
    monkeypatch.setattr(connection, "FILE_SECONDS_MAX", -1)
    announced(gateway, provider)
    gateway.says_plainly(200, FILE)
    assert "too slowly" in str(failure(provider))


@pytest.mark.parametrize(
    "changed", [{"hash_type": "MD5"}, {"hash_value": "0"}, {"download_url": None}]
)
def test_an_announcement_of_another_form_is_an_error(scene: Scene, changed: Any) -> None:
    gateway, provider = scene
    announced(gateway, provider, **changed)
    assert failure(provider).retryable


@pytest.mark.parametrize("code", ["NO_STATEMENT_EXIST", "STATEMENT_CREATING"])
def test_a_bill_that_is_not_there_may_come_until_the_next_day_is_over(
    scene: Scene, code: str
) -> None:
    gateway, provider = scene
    today = timezone.now().astimezone(ZoneInfo(provider.settlement_zone)).date()
    gateway.says(400, {"code": code, "message": "账单文件不存在"})
    assert failure(provider, today - timedelta(days=1)).retryable
    gateway.says(400, {"code": code, "message": "账单文件不存在"})
    empty = fetched(provider, today - timedelta(days=2))
    assert list(provider.read_settlement(io.BytesIO(empty))) == []


def test_another_refusal_of_a_bill_is_final(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(403, {"code": "NO_AUTH", "message": "权限异常"})
    error = failure(provider)
    assert not error.retryable
    assert str(error) == "HTTP 403 NO_AUTH"


def test_the_bill_of_a_day_has_what_happened_on_it(shop: Harness) -> None:
    provider = shop.provider
    trial, report = paid(shop)
    part = trial.refund(amount=Money(600, report.currency))
    assert trial.ended(part).outcome is RefundOutcome.SUCCEEDED
    shop.end_next_refund()
    trial.ended(trial.refund(amount=Money(700, report.currency)))
    assert report.paid_at is not None
    day = report.paid_at.astimezone(ZoneInfo(provider.settlement_zone)).date()
    file = io.BytesIO()
    provider.fetch_settlement(day, file)
    file.seek(0)
    payment, refund = provider.read_settlement(file)
    assert (payment.kind, payment.payment_number, payment.transaction_id) == (
        SettlementKind.PAYMENT,
        trial.number,
        report.transaction_id,
    )
    assert (payment.amount_minor, payment.currency) == (report.amount_minor, report.currency)
    assert abs(payment.at - report.paid_at) < timedelta(seconds=2)
    assert (refund.kind, refund.refund_number, refund.payment_number, refund.amount_minor) == (
        SettlementKind.REFUND,
        part.refund_number,
        trial.number,
        600,
    )
    assert (payment.fee_minor, refund.fee_minor) == (0, 0)


def test_a_day_on_which_nothing_happened_is_an_empty_settlement(shop: Harness) -> None:
    file = io.BytesIO()
    shop.provider.fetch_settlement(date(2025, 1, 1), file)
    file.seek(0)
    assert list(shop.provider.read_settlement(file)) == []
