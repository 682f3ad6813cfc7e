"""Whoever takes an account and gives it a second step of their own keeps nobody out by it."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks as OnCommit

from limosa.domain.accounts.models import SecurityEvent, StaffRole, Subscriber
from limosa.domain.notifications.not_me import NotMe
from limosa.simulators.mailbox.authenticator_page import code_at
from tests.database.web.storefront.test_account_safety import (
    LIN,
    PASSWORD,
    change_address,
    give_password,
    is_signed_in,
    lin,
    not_me,
    reset,
    sign_in,
)
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_second_step
from tests.factories.links import not_me_path
from tests.letters import letters, path_in

pytestmark = pytest.mark.django_db

SET_UP = "/accounts/2fa/totp/activate/"


def plant_app(client: Client, on_commit: OnCommit) -> None:
    """Set up an authenticator app, with the password that one knows."""
    give_password(client)
    client.get(SET_UP)
    secret = client.session["mfa.totp.secret"]
    with on_commit(execute=True):
        answer = client.post(SET_UP, {"code": code_at(secret, MOMENT.timestamp())})
    assert answer.status_code == 302


def steps(person: Subscriber) -> set[str]:
    return set(Authenticator.objects.filter(user=person).values_list("type", flat=True))


@pytest.mark.parametrize("first", ["the app", "the address"])
def test_a_thief_s_second_step_goes_with_their_address(
    first: str, django_capture_on_commit_callbacks: OnCommit
) -> None:
    person = lin()
    thief = sign_in()
    if first == "the app":
        plant_app(thief, django_capture_on_commit_callbacks)
    change_address(thief)
    if first == "the address":
        plant_app(thief, django_capture_on_commit_callbacks)
    assert steps(person) == {"totp", "recovery_codes"}
    told = next(mail for mail in letters(LIN) if "address" in mail.subject)
    assert not_me(path_in(told, part="/not-me/")) == 200
    assert steps(person) == set()
    assert is_signed_in(reset())
    kinds = SecurityEvent.objects.filter(subscriber=person).values_list("kind", flat=True)
    assert {"locked", "restored", "second_factor_removed"} <= set(kinds)


@pytest.mark.parametrize("page", ["totp/activate/", "totp/deactivate/", "recovery-codes/generate/"])
def test_each_change_of_a_second_step_is_told_with_a_link_that_locks(
    page: str, django_capture_on_commit_callbacks: OnCommit
) -> None:
    lin()
    thief = sign_in()
    plant_app(thief, django_capture_on_commit_callbacks)
    if page != "totp/activate/":
        with django_capture_on_commit_callbacks(execute=True):
            thief.post(f"/accounts/2fa/{page}")
    told = letters(LIN)[-1]
    assert len(letters(LIN)) == (1 if page == "totp/activate/" else 2)
    assert "/not-me/" in told.html
    assert not_me(path_in(told, part="/not-me/")) == 200
    assert not is_signed_in(thief)
    assert is_signed_in(reset())


def test_a_step_that_was_there_before_keeps_out_who_only_reads_the_mail(
    clock: time_machine.Traveller,
) -> None:
    person = lin()
    make_second_step(person)
    clock.shift(timedelta(days=7, seconds=1))
    link = not_me_path(NotMe(person.pk, MOMENT + timedelta(days=7, seconds=1)))
    assert not_me(link) == 200
    assert steps(person) == {"totp"}


def test_new_recovery_codes_of_an_old_app_go_and_the_app_stays(
    clock: time_machine.Traveller, django_capture_on_commit_callbacks: OnCommit
) -> None:
    person = lin()
    make_second_step(person)
    clock.shift(timedelta(days=8))
    thief = Client()
    thief.force_login(person)
    give_password(thief)
    with django_capture_on_commit_callbacks(execute=True):
        thief.post("/accounts/2fa/recovery-codes/generate/")
    assert steps(person) == {"totp", "recovery_codes"}
    assert not_me(path_in(letters(LIN)[-1], part="/not-me/")) == 200
    assert steps(person) == {"totp"}


def test_codes_that_stand_in_for_nothing_go_too() -> None:
    person = lin()
    make_second_step(person)
    old = MOMENT - timedelta(days=30)
    Authenticator.objects.create(user=person, type="recovery_codes", data={}, created_at=old)
    assert not_me(not_me_path(NotMe(person.pk, MOMENT))) == 200
    assert steps(person) == set()


def test_at_the_staff_a_mailbox_takes_no_second_step_away() -> None:
    person = lin()
    person.staff_role = StaffRole.SUPPORT
    person.is_staff = True
    person.save()
    make_second_step(person)
    link = not_me_path(NotMe(person.pk, MOMENT))
    assert "Two-step verification" not in text_of(Client().get(link))
    assert not_me(link) == 200
    assert steps(person) == {"totp"}


def test_the_page_says_what_pressing_does() -> None:
    person = lin()
    page = text_of(Client().get(not_me_path(NotMe(person.pk, MOMENT))))
    assert "Two-step verification is also removed" in page
    assert is_signed_in(sign_in(LIN, PASSWORD))
