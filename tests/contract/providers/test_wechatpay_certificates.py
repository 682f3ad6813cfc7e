"""A merchant account that signs by platform certificates, and one that changes over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from pytest_socket import enable_socket

from limosa.domain.payments.providers.wechatpay.certificates import PATH
from limosa.domain.payments.providers.wechatpay.provider import WeChatPayProvider
from limosa.domain.payments.status_reports import (
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderState,
)
from limosa.foundation.errors import ProviderError
from tests.contract.providers.harness import HARNESSES, WeChatPayHarness, connection_of
from tests.contract.providers.scripted import open_scripted
from tests.contract.providers.signer import PlatformSigner, transaction
from tests.contract.providers.test_wechatpay_outbound import NUMBER
from tests.contract.providers.trial import created, next_eventful, parse
from tests.fakes.handles import payment_named
from tests.provider_settings import changed_for

pytestmark = pytest.mark.enable_socket
NO_PUBLIC_KEY = {"public_key_file": "", "public_key_id": ""}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[WeChatPayHarness]:
    enable_socket()
    with HARNESSES["wechatpay"](tmp_path) as harness:
        assert isinstance(harness, WeChatPayHarness)
        harness.sign_by("certificate")
        yield harness


@contextmanager
def trusting_certificates(
    harness: WeChatPayHarness, *, and_public_key: bool
) -> Iterator[WeChatPayHarness]:
    folder = Path(settings.PROVIDER_SETTINGS["wechatpay"]["private_key_file"]).parent
    files = {"platform_cert_files": str(folder / "platform_certificate.pem")}
    changed = files if and_public_key else files | NO_PUBLIC_KEY
    with override_settings(PROVIDER_SETTINGS=changed_for("wechatpay", changed)):
        before, harness.provider = harness.provider, WeChatPayProvider()
    connection_of(before)._session.close()
    yield harness


def paid_fact(harness: WeChatPayHarness) -> PaymentStatusReport:
    trial = created(harness)
    trial.pay()
    sent, report = next_eventful(harness)
    assert parse(harness, sent).report == report
    assert isinstance(report, PaymentStatusReport)
    assert trial.query() == report
    return report


def test_a_payment_is_made_and_told_under_a_certificate(shop: WeChatPayHarness) -> None:
    with trusting_certificates(shop, and_public_key=False):
        assert paid_fact(shop).state is ProviderState.SUCCEEDED
        shop.sign_by("public_key")
        with pytest.raises(ProviderError) as failed:
            created(shop)
        assert "serial_unknown" in str(failed.value)


def test_a_new_certificate_is_fetched_for_the_first_reply_that_it_signs(
    shop: WeChatPayHarness,
) -> None:
    folder = Path(settings.PROVIDER_SETTINGS["wechatpay"]["private_key_file"]).parent
    PlatformSigner().certificate(
        folder / "platform_certificate.pem",
        serial=0x5157F09E,
        begins_at=datetime(2020, 1, 1, tzinfo=UTC),
        ends_at=datetime(2021, 1, 1, tzinfo=UTC),
    )
    with trusting_certificates(shop, and_public_key=False):
        assert paid_fact(shop).state is ProviderState.SUCCEEDED


def test_both_are_believed_while_the_account_changes_over(shop: WeChatPayHarness) -> None:
    with trusting_certificates(shop, and_public_key=True):
        assert paid_fact(shop).state is ProviderState.SUCCEEDED
        shop.sign_by("public_key")
        assert paid_fact(shop).state is ProviderState.SUCCEEDED


def test_a_certificate_that_is_not_ours_to_trust_is_refused_and_not_fetched(
    shop: WeChatPayHarness,
) -> None:
    shop.drain()
    shop.sign_by("public_key")
    trial = created(shop)
    shop.sign_by("certificate")
    trial.pay()
    with pytest.raises(NotificationRefusedError) as refused:
        parse(shop, shop.next_notification())
    assert refused.value.reason == "serial_unknown"


def test_a_public_key_is_asked_for_by_its_id_and_a_certificate_by_nothing(tmp_path: Path) -> None:
    with open_scripted(tmp_path) as (gateway, provider):
        gateway.says(200, transaction(out_trade_no=NUMBER))
        provider.query(payment_named(NUMBER))
        assert "wechatpay-serial" in gateway.asked[0].headers
        certified = gateway.signer.certificate(
            tmp_path / "certificate.pem",
            serial=0x5157F09E,
            begins_at=datetime(2020, 1, 1, tzinfo=UTC),
            ends_at=datetime(2070, 1, 1, tzinfo=UTC),
        )
        with override_settings(PROVIDER_SETTINGS=changed_for("wechatpay", certified)):
            other = WeChatPayProvider()
        gateway.says(200, transaction(out_trade_no=NUMBER), serial="5157F09E")
        assert other.query(payment_named(NUMBER)).state is ProviderState.SUCCEEDED
        assert "wechatpay-serial" not in gateway.asked[1].headers
        asked = {request.target.partition("?")[0] for request in gateway.asked}
        assert asked - {PATH} == {f"/v3/pay/transactions/out-trade-no/{NUMBER}"}
        connection_of(other)._session.close()
