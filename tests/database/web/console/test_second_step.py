"""Staff sign in with a second step: set up once, asked for each time, over after twelve hours."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from limosa.domain.accounts.models import SecurityEvent, Subscriber
from limosa.simulators.mailbox.authenticator_page import code_at
from tests.factories.accounts import (
    TOTP_SECRET,
    make_operator,
    make_second_step,
    make_subscriber,
    sign_in_staff,
)

pytestmark = pytest.mark.django_db
PASSWORD = "a long one of mine"
CONSOLE = "/console/"


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Forget used codes and attempts: a cache elsewhere outlives a test's transaction."""
    cache.clear()
    yield
    cache.clear()


def staff_with_password(**fields: object) -> Subscriber:
    return make_operator(password=PASSWORD, **fields)


def give_password(client: Client, person: Subscriber) -> str:
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return str(answer.headers.get("Location", ""))


def code_now(secret: str = TOTP_SECRET) -> str:
    return code_at(secret, timezone.now().timestamp())


def test_staff_land_in_the_console_and_people_at_home(client: Client) -> None:
    person = make_subscriber(password=PASSWORD)
    assert give_password(Client(), person) == "/"
    assert give_password(client, staff_with_password()) == CONSOLE


def test_a_new_member_sets_up_an_app_and_sees_the_recovery_codes_once(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    person = staff_with_password()
    assert give_password(client, person) == CONSOLE
    assert client.get(CONSOLE).headers["Location"] == "/accounts/2fa/"
    assert (
        "requires two-step verification for all staff"
        in client.get("/accounts/2fa/").content.decode()
    )
    set_up = "/accounts/2fa/totp/activate/"
    asked = client.get(set_up)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post(asked.headers["Location"], {"password": PASSWORD, "next": set_up})
    page = client.get(set_up).content.decode()
    (secret,) = re.findall(r"<b>([A-Z2-7]{32})</b>", page)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(set_up, {"code": code_now(secret)})
    codes_page = done.headers["Location"]
    codes = re.findall(r"<li>(\d{8})</li>", client.get(codes_page).content.decode())
    assert len(codes) == 10
    assert codes[0] not in client.get(codes_page).content.decode()
    assert SecurityEvent.objects.filter(kind="second_factor_added", subscriber=person).count() == 1
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert stored.count("enc1.") == 2
    # The code was just given: the console opens without another one, in this session only.
    assert client.get(CONSOLE).status_code == 200
    other = Client()
    assert "/accounts/2fa/authenticate/" in give_password(other, person)
    assert other.get(CONSOLE).status_code == 302


def test_signing_in_asks_for_the_code_and_a_password_alone_opens_nothing(client: Client) -> None:
    person = staff_with_password()
    make_second_step(person)
    asked = give_password(client, person)
    assert asked == "/accounts/2fa/authenticate/"
    assert client.get(CONSOLE).headers["Location"].startswith("/accounts/login/")
    assert client.post(asked, {"code": "000000"}).status_code == 200
    assert client.post(asked, {"code": code_now()}).headers["Location"] == CONSOLE
    assert client.get(CONSOLE).status_code == 200


_OTHER_PROCESS = """
import django
django.setup()
from django.core.cache import cache
print(cache.add({key!r}, "y", timeout=30), cache.add({key!r} + "x", "y", timeout=30))
"""


@pytest.mark.django_db(transaction=True)
def test_choosing_a_new_password_by_mail_does_not_skip_the_second_step(client: Client) -> None:
    person = make_second_step(staff_with_password()).user
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    address = reverse("account_reset_password_from_key", args=key.split("-", 1))
    form = client.get(address, follow=True).redirect_chain[-1][0]
    chosen = {"password1": "another long one", "password2": "another long one"}
    answer = client.post(form, chosen, follow=True)
    person.refresh_from_db()
    assert person.check_password("another long one")
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")
    assert client.get(CONSOLE).status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)  # Another process sees only what is committed.
def test_a_code_that_one_process_has_taken_no_other_takes_again(client: Client) -> None:
    person = staff_with_password()
    step = make_second_step(person)
    with time_machine.travel(timezone.now(), tick=False):
        code = code_now()
        client.post(give_password(client, person), {"code": code})
        assert client.get(CONSOLE).status_code == 200
        other = Client()
        refused = other.post(give_password(other, person), {"code": code})
        assert "has already been used" in refused.content.decode()
    key = step.wrap()._get_used_cache_key(code)
    name = connection.settings_dict
    address = f"postgresql://{name['USER']}:{name['PASSWORD']}@/{name['NAME']}?host={name['HOST']}"
    if name["PORT"]:
        address += f"&port={name['PORT']}"
    said = subprocess.run(
        [sys.executable, "-c", _OTHER_PROCESS.format(key=key)],
        env={**os.environ, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["False", "True"]  # A code that nobody has taken is free.


def test_refunds_and_exports_ask_again_and_then_go_on(client: Client) -> None:
    person = staff_with_password()
    sign_in_staff(client, person, ago=timedelta(minutes=11))
    wanted = "/console/money/export/"
    asked = client.get(wanted).headers["Location"]
    assert asked == f"/accounts/reauthenticate/?next={wanted.replace('/', '%2F')}"
    assert "instead" in client.get(asked).content.decode()
    back = client.post(asked, {"password": PASSWORD, "next": wanted})
    assert back.headers["Location"] == wanted
    assert client.get(wanted).status_code == 200


def test_what_was_sent_is_done_after_the_question(client: Client) -> None:
    person, other = staff_with_password(), make_operator(staff_role="viewer")
    sign_in_staff(client, person, ago=timedelta(minutes=11))
    address = f"/console/staff/{other.pk}/"
    asked = client.post(address, {"role": "support"}).headers["Location"]
    other.refresh_from_db()
    assert other.staff_role == "viewer"
    client.post(asked, {"password": PASSWORD, "next": address})
    other.refresh_from_db()
    assert other.staff_role == "support"


def ends_at() -> datetime:
    return Session.objects.get().expire_date


def test_a_session_of_the_staff_ends_twelve_hours_after_it_began(client: Client) -> None:
    person = staff_with_password()
    make_second_step(person)
    began = timezone.now()
    client.post(give_password(client, person), {"code": code_now()})
    assert abs(ends_at() - began - timedelta(hours=12)) < timedelta(minutes=1)
    with time_machine.travel(began + timedelta(hours=11, minutes=50)):
        assert client.get(CONSOLE).status_code == 200
        asked = client.get("/console/money/export/").headers["Location"]
        client.post(asked, {"password": PASSWORD})
    assert abs(ends_at() - began - timedelta(hours=12)) < timedelta(minutes=1)
    with time_machine.travel(began + timedelta(hours=12, minutes=1)):
        assert client.get(CONSOLE).headers["Location"].startswith("/accounts/login/")


def test_a_session_older_than_that_is_over_though_its_cookie_is_not(client: Client) -> None:
    sign_in_staff(client, ago=timedelta(hours=13))
    assert client.get("/settings/").headers["Location"].startswith("/accounts/login/")


def test_people_stay_signed_in_as_before(client: Client) -> None:
    client.force_login(make_subscriber())
    client.get("/settings/")
    assert ends_at() - timezone.now() > timedelta(seconds=settings.SESSION_COOKIE_AGE - 60)


def test_whoever_leaves_the_staff_is_shut_out_at_once(client: Client) -> None:
    person = sign_in_staff(client)
    assert client.get(CONSOLE).status_code == 200
    Subscriber.objects.filter(pk=person.pk).update(staff_role="", is_staff=False)
    assert client.get(CONSOLE).status_code == 404


PAGES = ["", "totp/activate/", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"]
PAGES += ["webauthn/", "webauthn/add/", "reauthenticate/"]


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant", "es"])
def test_every_page_of_the_second_step_answers_whole(language: str, client: Client) -> None:
    person = staff_with_password(language=language)
    sign_in_staff(client, person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for name in PAGES:
        if name == "totp/activate/":
            Authenticator.objects.filter(user=person, type="totp").delete()
        if name == "totp/deactivate/":
            make_second_step(person)
            client.post("/accounts/2fa/recovery-codes/generate/")
        answer = client.get(f"/accounts/2fa/{name}")
        page = answer.content.decode()
        assert answer.status_code == 200, name
        assert page.count("<h1") == 1, name
        assert "{{" not in page
        assert "{%" not in page
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page), name
        assert not re.search(r"<[^>]+ style=", page), name
