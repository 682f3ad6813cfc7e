"""The operator decides where and in which order payment providers are offered."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.payments.models import Channel
from limosa.domain.payments.queries import channel_terms
from limosa.domain.payments.registry import provider_for
from limosa.domain.support.models import AuditEntry
from tests.factories.accounts import sign_in_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def desk(client: Client, settings: Settings) -> Any:
    fake = "tests.fakes.provider.FakeProvider"
    settings.PAYMENT_PROVIDERS = {"wechatpay": fake, "alipay": fake}
    provider_for.cache_clear()
    sign_in_staff(client)
    yield
    provider_for.cache_clear()


def keep(client: Client, code: str, **fields: str) -> Any:
    return client.post(reverse("console:channel", args=[code]), {"position": "0", **fields})


def record() -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.order_by("id")
    return [(line.action, line.subject, line.detail) for line in rows]


def test_a_decision_is_kept_and_recorded(client: Client) -> None:
    keep(client, "alipay", is_offered="on", countries="us, CN us", position="2")
    channel = Channel.objects.get(provider="alipay")
    assert (channel.is_offered, channel.countries, channel.position) == (True, ["CN", "US"], 2)
    assert record() == [("set_channel", "alipay", "offered 2 CN US")]
    page = client.get(reverse("console:channels")).content.decode()
    assert 'value="CN US"' in page
    assert "Saved." in page


def test_stopping_is_seen_by_the_storefront(client: Client) -> None:
    keep(client, "alipay")
    assert {terms.code: terms.is_offered for terms in channel_terms()} == {
        "wechatpay": True,
        "alipay": False,
    }
    assert record() == [("set_channel", "alipay", "stopped 0")]


def test_the_same_decision_is_recorded_once(client: Client) -> None:
    for _ in range(2):
        keep(client, "wechatpay", is_offered="on", countries="US")
    assert len(record()) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"countries": "US XX"}, "XX is not a country"),
        ({"countries": "<b>"}, "is not a country"),
        ({"position": "-1"}, "Enter a whole number, 0 or higher"),
        ({"position": ""}, "Enter a whole number, 0 or higher"),
        ({"position": "99999999"}, "Enter a whole number, 0 or higher"),
    ],
)
def test_a_wrong_input_says_what_to_do_and_changes_nothing(
    client: Client, fields: dict[str, str], told: str
) -> None:
    answer = keep(client, "wechatpay", is_offered="on", **fields)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not Channel.objects.exists()
    assert record() == []


def test_a_provider_that_is_not_set_up_is_not_found(client: Client) -> None:
    assert keep(client, "nothing").status_code == 404
    assert not Channel.objects.exists()
