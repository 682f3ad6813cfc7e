"""Bonuses on top-ups in the console: a preview, then the offer; and its end."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from limosa.domain.accounts.models import StaffRole
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.wallets.models import BonusTier
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.bonuses import make_tier
from tests.scenario.security.test_huge_amounts import ANSWERS, PLAIN, amounts

pytestmark = pytest.mark.django_db
LIST = "/console/money/bonuses/"
OFFER = f"{LIST}offer/"
SECONDS_MAX = 10.0  # Also beside other tests; what grows with the digits takes minutes.
TYPED = {"least": "50", "bonus": "5.00", "currency": "usd", "valid_days": "90"}


@pytest.fixture(autouse=True)
def _staff(client: Client) -> None:
    sign_in_staff(client, make_operator(email="operator@example.com"))


def test_a_bonus_is_previewed_offered_and_ended_on_record(client: Client) -> None:
    make_tier(least_minor=2000, bonus_minor=100, starts_at=timezone.now())
    page = client.post(OFFER, TYPED).content.decode()
    assert "Offer $5.00 bonus on top-ups of $50.00 or more?" in page
    assert '<td class="end num">$1.00</td><td class="end num"><b>$5.00</b></td>' in page
    assert BonusTier.objects.count() == 1, "a preview offers nothing"
    client.post(OFFER, {**TYPED, "sure": "yes"})
    tier = BonusTier.objects.latest("id")
    assert (tier.least_minor, tier.bonus_minor, tier.valid_days) == (5000, 500, 90)
    assert "$5.00" in client.get(LIST).content.decode()
    for _ in range(2):
        client.post(f"{LIST}{tier.pk}/end/")
    tier.refresh_from_db()
    assert tier.ends_at is not None
    assert [(entry.action, entry.subject) for entry in AuditEntry.objects.order_by("id")] == [
        (AuditAction.OFFER_BONUS, str(tier.pk)),
        (AuditAction.END_BONUS, str(tier.pk)),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"bonus": "50.01"},
        {"bonus": "0"},
        {"bonus": "1,5"},
        {"least": ""},
        {"currency": "XYZ"},
        {"valid_days": "0"},
        {"last_day": "2020-01-01"},
    ],
)
def test_what_makes_no_sense_is_said_and_not_offered(client: Client, wrong: dict[str, str]) -> None:
    for sure in ({}, {"sure": "yes"}):
        answer = client.post(OFFER, {**TYPED, **wrong, **sure})
        assert answer.status_code == 422
    assert not BonusTier.objects.exists()


def test_days_are_those_of_the_service(client: Client) -> None:
    today = timezone.localdate()
    days = {"first_day": str(today + timedelta(days=1)), "last_day": str(today + timedelta(days=2))}
    client.post(OFFER, {**TYPED, **days, "sure": "yes"})
    tier = BonusTier.objects.get()
    assert tier.ends_at is not None
    assert tier.ends_at - tier.starts_at == timedelta(days=2)


def test_a_currency_without_top_ups_is_told(client: Client) -> None:
    page = client.post(OFFER, {**TYPED, "currency": "SEK"}).content.decode()
    assert "nobody can get this bonus yet" in page


def test_who_only_looks_sees_and_changes_nothing(client: Client) -> None:
    tier = make_tier()
    viewer = make_operator(email="viewer@example.com", staff_role=StaffRole.VIEWER)
    sign_in_staff(client, viewer)
    page = client.get(LIST).content.decode()
    assert "running" in page
    assert "Offer a bonus" not in page
    assert client.post(OFFER, {**TYPED, "sure": "yes"}).status_code == 403
    assert client.post(f"{LIST}{tier.pk}/end/").status_code == 403
    assert client.post(f"{LIST}999999/end/").status_code == 403
    assert BonusTier.objects.count() == 1


def test_a_huge_or_odd_amount_is_refused_at_once(client: Client) -> None:
    began = time.monotonic()
    for text in amounts():
        if not PLAIN.fullmatch(text.strip()):
            answer = client.post(OFFER, {**TYPED, "least": text, "bonus": text, "sure": "yes"})
            assert answer.status_code in ANSWERS
    assert time.monotonic() - began < SECONDS_MAX
    assert not BonusTier.objects.exists()
