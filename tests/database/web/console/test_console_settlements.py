"""The pages of settlements: open differences first, both sides, what to do, and its end."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.engine.comparison import DifferenceKind
from limosa.domain.payments.models import Difference, Settlement, SettlementState
from limosa.domain.payments.status_reports import SettlementKind
from limosa.domain.support.models import AuditEntry
from limosa.web.console.settlement_words import (
    DIFFERENCE_KINDS,
    DIFFERENCE_STATES,
    LINE_KINDS,
    SETTLEMENT_STATES,
    advice,
)
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.payments import make_payment
from tests.factories.settlements import DAY, make_difference, make_settlement, make_total
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Subscriber:
    person = make_operator()
    sign_in_staff(client, person)
    return person


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_open_differences_come_first_and_resolved_ones_are_among_all(
    client: Client, operator: Subscriber
) -> None:
    settlement = make_settlement()
    shown = make_difference(settlement=settlement)
    gone = make_difference(settlement=settlement, state="resolved", resolved_at=shown.found_at)
    page = text_of(client, reverse("console:settlements"))
    assert shown.number in page
    assert gone.number not in page
    everything = text_of(client, f"{reverse('console:settlements')}?show=all")
    assert shown.number in everything
    assert gone.number in everything


def test_a_day_shows_its_counts_and_its_sums(client: Client, operator: Subscriber) -> None:
    settlement = make_settlement()
    make_total(settlement)
    make_difference(settlement=settlement)
    page = text_of(client, reverse("console:settlement", args=["wechatpay", DAY]))
    for text in ("1,204", "1,203", "¥19,701.38", "−¥120.00", "explained to the cent", "D-"):
        assert text in page
    days = text_of(client, f"{reverse('console:settlements')}?show=days")
    assert "1,204" in days


def test_what_the_differences_do_not_explain_stands_out(
    client: Client, operator: Subscriber
) -> None:
    settlement = make_settlement()
    make_total(settlement, explained_minor=0)
    page = text_of(client, reverse("console:settlement", args=["wechatpay", DAY]))
    assert "−¥0.01 unexplained" in page


def test_a_difference_shows_both_sides_what_to_do_and_the_way_to_the_trace(
    client: Client, operator: Subscriber
) -> None:
    payment = make_payment(state="succeeded")
    difference = make_difference(payment=payment)
    page = text_of(client, reverse("console:difference", args=[difference.pk]))
    for text in ("¥178.61", "¥178.62", "42000017", payment.number, "Both sides have it"):
        assert text in page
    assert reverse("console:order", args=[payment.order_number]) in page


def test_resolving_wants_a_note_and_is_on_record(client: Client, operator: Subscriber) -> None:
    difference = make_difference()
    address = reverse("console:difference", args=[difference.pk])
    assert "Briefly describe" in client.post(address, {"detail": " "}).content.decode()
    assert not AuditEntry.objects.exists()
    answer = client.post(address, {"detail": "Their support gave the fen back."})
    assert answer.headers["Location"] == reverse("console:settlements")
    difference.refresh_from_db()
    assert (difference.state, difference.resolved_by) == ("resolved", operator)
    (action,) = AuditEntry.objects.all()
    assert (action.subject, action.detail) == (
        difference.number,
        "Their support gave the fen back.",
    )
    page = text_of(client, address)
    assert "Their support gave the fen back." in page
    assert f'action="{address}"' not in page
    assert text_of(client, reverse("console:record"))


def test_a_day_can_be_compared_on_demand(
    client: Client, operator: Subscriber, settings: object
) -> None:
    settings.PAYMENT_PROVIDERS = {  # type: ignore[attr-defined]
        "fake": f"{FakeProvider.__module__}.{FakeProvider.__qualname__}"
    }
    answer = client.post(reverse("console:compare"), {"provider": "fake", "day": "2026-11-21"})
    assert answer.headers["Location"] == reverse("console:settlement", args=["fake", DAY])
    assert Settlement.objects.get().state == SettlementState.WAITING
    assert AuditEntry.objects.get().subject == "fake 2026-11-21"
    for day, fault in (
        ("2999-01-01", "in Beijing time"),
        ("9999-12-31", "Choose a day."),
    ):
        wrong = client.post(reverse("console:compare"), {"provider": "fake", "day": day})
        assert wrong.status_code == 422
        assert fault in wrong.content.decode()
    unknown = client.post(reverse("console:compare"), {"provider": "no", "day": "2026-11-21"})
    assert unknown.status_code == 422
    assert Settlement.objects.count() == AuditEntry.objects.count() == 1


def test_a_day_that_cannot_be_is_no_page(client: Client, operator: Subscriber) -> None:
    assert client.get("/console/money/settlements/fake/2026-02-30/").status_code == 404
    assert client.get("/console/money/settlements/fake/2026-02-03/").status_code == 404
    assert client.get(reverse("console:difference", args=[999])).status_code == 404
    assert client.get(f"{reverse('console:settlements')}?show=no").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant", "es"])
def test_every_difference_that_can_be_has_words_and_advice(language: str) -> None:
    assert set(DIFFERENCE_KINDS) == {kind.value for kind in DifferenceKind}
    assert set(LINE_KINDS) == {kind.value for kind in SettlementKind} | {"clearing"}
    assert set(DIFFERENCE_STATES) == {"open", "resolved"}
    assert set(SETTLEMENT_STATES) == {state.value for state in SettlementState}
    by_line = {"missing_here", "missing_there", "state"}
    with translation.override(language):
        for kind in DifferenceKind:
            for line in ("payment", "refund", "refund_reversal", "dispute", "dispute_reversal"):
                # A dispute's line is there or not: it has no state in which it is not booked.
                if (kind, line) != ("state", "dispute") and (kind.value in by_line):
                    assert len(advice(kind.value, line)) > 20, (kind, line)
            if kind.value not in by_line:
                assert len(advice(kind.value, "payment")) > 20


def test_a_list_reads_its_differences_in_few_statements(
    client: Client, operator: Subscriber, django_assert_max_num_queries: object
) -> None:
    settlement = make_settlement()
    for _ in range(20):
        make_difference(settlement=settlement, payment=make_payment(state="succeeded"))
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get(reverse("console:settlements"))
    assert Difference.objects.count() == 20
