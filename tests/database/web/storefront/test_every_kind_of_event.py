"""Every kind of event on an account's record comes from a deed, and stands on the person's page."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks as OnCommit

from limosa.domain.accounts.models import SecurityEvent, SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.set_payment_pin import set_payment_pin
from limosa.web.wording.security_events import TITLES
from tests.database.web.storefront.test_account_safety import (
    ANOTHER,
    CODE_PAGE,
    LIN,
    PASSWORD,
    change_address,
    give_password,
    lin,
    not_me,
    sign_in,
    sign_up,
)
from tests.database.web.storefront.test_home_page import text_of
from tests.database.web.storefront.test_thieves_second_steps import plant_app
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_second_step, sign_in_staff
from tests.factories.esims import make_esim
from tests.letters import code_in, letters, path_in

pytestmark = pytest.mark.django_db

Kind = SecurityEventKind
PIN, OTHER_PIN = "820491", "730258"
PIN_PAGE = "/settings/payment-pin/"
NEW_PIN = {"pin": OTHER_PIN, "again": OTHER_PIN}


def signed_in(*, has_pin: bool = False) -> Client:
    """Return a browser of somebody who has just given the password once more."""
    person = lin()
    if has_pin:
        set_payment_pin(subscriber_id=person.pk, pin=PIN, now=MOMENT)
    client = sign_in()
    give_password(client)
    return client


def ask_for_a_reset() -> None:
    lin()
    Client().post(reverse("account_reset_password"), {"email": LIN})


def change_the_password() -> None:
    form = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    signed_in().post(reverse("account_change_password"), form)


def confirm_the_address() -> None:
    sign_up().post(CODE_PAGE, {"code": code_in(letters(LIN)[0])})


def guess_the_pin() -> None:
    client = signed_in(has_pin=True)
    for _ in range(6):
        client.post(PIN_PAGE, {"old_pin": "111222", **NEW_PIN})


def guess_the_second_step() -> None:
    make_second_step(lin())
    sign_in().post("/accounts/2fa/authenticate/", {"code": "000000"})


def take_the_account_back() -> None:
    change_address(signed_in())
    not_me(path_in(letters(LIN)[-1], part="/not-me/"))


def move_an_esim() -> None:
    client = signed_in(has_pin=True)
    esim = make_esim(subscriber=Subscriber.objects.get())
    client.post(reverse("esim_move", args=[esim.public_id]), {"to": "phone", "pin": PIN})


def staff_page(role: str, send: Callable[[Client, Subscriber], object]) -> None:
    """Let an admin do something to somebody, who is of the staff unless the role is empty."""
    admin, person = Client(), lin()
    sign_in_staff(admin)
    make_operator()  # Somebody has to be left.
    person.staff_role, person.is_staff = role, bool(role)
    person.save()
    send(admin, person)


def manage_second_step(page: str, on_commit: OnCommit) -> None:
    client = signed_in()
    plant_app(client, on_commit)
    if page:
        with on_commit(execute=True):
            client.post(f"/accounts/2fa/{page}/")


DEEDS: dict[str, Callable[[OnCommit], object]] = {
    Kind.SIGNED_IN: lambda _: (lin(), sign_in()),
    Kind.SIGN_IN_FAILED: lambda _: (lin(), sign_in(LIN, "wrong-godwit-7")),
    Kind.PASSWORD_RESET_ASKED: lambda _: ask_for_a_reset(),
    Kind.PASSWORD_CHANGED: lambda _: change_the_password(),
    Kind.ADDRESS_CONFIRMED: lambda _: confirm_the_address(),
    Kind.ADDRESS_MADE_PRIMARY: lambda _: change_address(signed_in()),
    Kind.PIN_SET: lambda _: signed_in().post(PIN_PAGE, NEW_PIN),
    Kind.PIN_CHANGED: lambda _: signed_in(has_pin=True).post(PIN_PAGE, {"old_pin": PIN, **NEW_PIN}),
    Kind.PIN_RESET: lambda _: signed_in(has_pin=True).post(f"{PIN_PAGE}reset/", NEW_PIN),
    Kind.PIN_LOCKED: lambda _: guess_the_pin(),
    Kind.SECOND_FACTOR_ADDED: lambda on_commit: manage_second_step("", on_commit),
    Kind.SECOND_FACTOR_REMOVED: lambda on_commit: manage_second_step("totp/deactivate", on_commit),
    Kind.SECOND_FACTOR_FAILED: lambda _: guess_the_second_step(),
    Kind.RECOVERY_CODES_NEW: lambda on_commit: manage_second_step(
        "recovery-codes/generate", on_commit
    ),
    Kind.LOCKED: lambda _: take_the_account_back(),
    Kind.RESTORED: lambda _: take_the_account_back(),
    Kind.MOVE_BEGUN: lambda _: move_an_esim(),
    Kind.STAFF_ADDED: lambda _: staff_page(
        "",
        lambda admin, _: admin.post(
            "/console/staff/add/", {"email": LIN, "name": "", "role": "viewer"}
        ),
    ),
    Kind.STAFF_CHANGED: lambda _: staff_page(
        "viewer",
        lambda admin, person: admin.post(f"/console/staff/{person.pk}/", {"role": "support"}),
    ),
    Kind.STAFF_REMOVED: lambda _: staff_page(
        "viewer", lambda admin, person: admin.post(f"/console/staff/{person.pk}/remove/")
    ),
}


@pytest.mark.parametrize("kind", SecurityEventKind)
def test_a_deed_puts_it_on_the_record_once(
    kind: SecurityEventKind, django_capture_on_commit_callbacks: OnCommit
) -> None:
    DEEDS[kind](django_capture_on_commit_callbacks)
    person = Subscriber.objects.get(staff_role__in=["", "viewer", "support"])
    event = SecurityEvent.objects.get(subscriber=person, kind=kind)
    assert event.address == "127.0.0.1"
    reader = Client()
    reader.force_login(person)
    assert str(TITLES[kind]) in text_of(reader.get("/settings/security/"))
