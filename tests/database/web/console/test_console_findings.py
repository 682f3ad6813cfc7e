"""What the guards found stands on Today and on a page of its own, in words and with what to do."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from limosa.domain.accounts.models import StaffRole
from limosa.domain.support import finding_words as words
from limosa.domain.support.guards import GUARDS
from limosa.domain.support.models import AuditEntry, Finding, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.support import make_finding

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["console:today", "console:findings"])
def test_a_finding_stands_there_until_it_is_gone(page: str, client: Client) -> None:
    sign_in_staff(client)
    finding = make_finding()
    shown = client.get(reverse(page)).content.decode()
    for text in ("Wallet differs from its postings", "wallet:17:USD", "$5.00", "$3.00", "manually"):
        assert text in shown
    Finding.objects.update(gone_at=MOMENT)
    assert finding.subject not in client.get(reverse(page)).content.decode()
    everything = client.get(f"{reverse('console:findings')}?show=all").content.decode()
    assert finding.number in everything


def test_a_finding_has_a_page_and_takes_notes_of_those_who_may(client: Client) -> None:
    finding = make_finding()
    page = reverse("console:finding", args=[finding.pk])
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    shown = client.get(page).content.decode()
    for text in (finding.number, "wallet:17:USD", "$5.00", "$3.00", "manually"):
        assert text in shown
    assert "Save note" not in shown
    assert client.post(page, {"detail": "I look"}).status_code == 403
    assert not AuditEntry.objects.exists()
    sign_in_staff(client, make_operator(staff_role=StaffRole.FINANCE))
    assert client.post(page, {"detail": " "}).status_code == 422
    assert client.post(page, {"detail": "A script of ours; Wen looks"}).status_code == 302
    (kept,) = AuditEntry.objects.all()
    assert (kept.action, kept.subject) == ("note_finding", finding.number)
    assert "A script of ours; Wen looks" in client.get(page).content.decode()
    assert page in client.get(reverse("console:record")).content.decode()
    assert page in client.get(reverse("console:findings")).content.decode()


def test_a_finding_that_is_gone_says_since_when(client: Client) -> None:
    sign_in_staff(client)
    finding = make_finding(gone_at=MOMENT)
    shown = client.get(reverse("console:finding", args=[finding.pk])).content.decode()
    assert "Cleared since" in shown
    assert "manually" not in shown


def test_the_page_says_what_is_checked_and_when_it_was(client: Client) -> None:
    sign_in_staff(client)
    before = client.get(reverse("console:findings")).content.decode()
    assert before.count("not checked yet") == len(GuardKind)
    run_guards(now=MOMENT)
    after = client.get(reverse("console:findings")).content.decode()
    assert "not checked yet" not in after
    assert "No problems found." in after
    assert client.get(f"{reverse('console:findings')}?show=no").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant", "es"])
def test_every_guard_has_a_name_and_words_for_what_it_finds(language: str) -> None:
    assert set(words.GUARDS) == {kind.value for kind in GuardKind}
    assert {key.partition(":")[0] for key in words.FINDINGS} == set(words.GUARDS)
    with translation.override(language):
        for guard in GUARDS:
            assert len(words.finding_advice(guard.kind, "")) > 20
