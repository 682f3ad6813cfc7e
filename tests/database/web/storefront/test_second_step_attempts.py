"""Guessing the second step: few attempts, whoever makes them, and no door that strangers shut."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant
from limosa.domain.accounts.models import SecurityEvent, Subscriber
from limosa.domain.accounts.operations.count_attempt import count_attempt
from limosa.simulators.mailbox.authenticator_page import code_at
from tests.database.web.storefront.test_account_safety import (
    ANOTHER,
    CODE_PAGE,
    LIN,
    PASSWORD,
    is_signed_in,
    lin,
    sign_up,
)
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import TOTP_SECRET, make_second_step
from tests.letters import code_in, letters, path_in

pytestmark = pytest.mark.django_db

STEP, AGAIN = "/accounts/2fa/authenticate/", "/accounts/2fa/reauthenticate/"
RESET = "/accounts/password/reset/"
ATTEMPTS = 20
OFFICE = "198.51.100.1"


def with_app() -> Subscriber:
    person = lin()
    make_second_step(person)
    return person


def right_code(after: timedelta = timedelta()) -> str:
    return code_at(TOTP_SECRET, (MOMENT + after).timestamp())


def wrong_code() -> str:
    return f"{(int(right_code()) + 1) % 1_000_000:06}"


def give_password(
    address: str, *, email: str = LIN, password: str = PASSWORD, client: Client | None = None
) -> Client:
    """Return a browser that stands before the second step."""
    client = client or Client()
    client.defaults["REMOTE_ADDR"] = address
    answer = client.post("/accounts/login/", {"login": email, "password": password})
    assert answer["Location"].startswith(STEP)
    return client


def send(client: Client, code: str, path: str = STEP) -> HttpResponse:
    return client.post(path, {"code": code})  # type: ignore[return-value]


def use_up(password: str = PASSWORD) -> None:
    """Guess with the right password from many addresses, until no code is looked at."""
    codes = [
        send(give_password(f"198.51.100.{number}", password=password), wrong_code()).status_code
        for number in range(ATTEMPTS + 1)
    ]
    assert codes == [200] * ATTEMPTS + [429]


def test_who_has_the_password_gets_twenty_codes_a_day_from_all_addresses_together(
    clock: time_machine.Traveller,
) -> None:
    person = with_app()
    use_up()
    refused = send(give_password("203.0.113.9"), right_code())
    assert refused.status_code == 429
    assert "Please wait 24 hours" in text_of(refused)
    assert "someone else knows your password" in text_of(refused)
    kinds = SecurityEvent.objects.filter(subscriber=person).values_list("kind", flat=True)
    assert list(kinds).count("second_factor_failed") == ATTEMPTS
    day = timedelta(days=1)
    clock.shift(day)
    answer = send(give_password("203.0.113.9"), right_code(day))
    assert answer["Location"] == "/"


def test_right_codes_do_not_count(clock: time_machine.Traveller) -> None:
    with_app()
    passed = timedelta()
    for _ in range(ATTEMPTS + 1):
        assert send(give_password("192.0.2.7"), right_code(passed)).status_code == 302
        clock.shift(timedelta(seconds=30))
        passed += timedelta(seconds=30)


def test_a_device_that_signed_in_before_has_its_own_attempts() -> None:
    with_app()
    known = give_password("192.0.2.7")
    send(known, right_code())
    assert is_signed_in(known)
    known.post("/accounts/logout/")
    use_up()
    give_password("192.0.2.7", client=known)
    codes = [send(known, wrong_code()).status_code for _ in range(ATTEMPTS + 1)]
    assert codes == [200] * ATTEMPTS + [429]


def test_a_new_password_begins_the_tries_anew_for_its_owner_alone() -> None:
    """The thief has used them up: the link of the mail lets the owner in at once."""
    with_app()
    use_up()
    owner = Client(REMOTE_ADDR=OFFICE)
    assert owner.post(RESET, {"email": LIN}).status_code == 302
    page = owner.get(path_in(letters(LIN)[-1], part="/reset/key/"), follow=True)
    new = {"password1": ANOTHER, "password2": ANOTHER}
    asked = owner.post(page.redirect_chain[-1][0], new)
    assert asked["Location"].startswith(STEP)
    assert send(owner, right_code())["Location"] == "/"
    assert is_signed_in(owner)


def test_a_session_guesses_twenty_codes_a_day_and_no_other_session_pays_for_it() -> None:
    person = with_app()
    thief, owner = Client(), Client()
    for client in (thief, owner):
        client.force_login(person)
    codes = [send(thief, wrong_code(), AGAIN).status_code for _ in range(ATTEMPTS + 1)]
    assert codes == [200] * ATTEMPTS + [429]
    assert send(owner, right_code(), AGAIN).status_code == 302
    kinds = SecurityEvent.objects.filter(subscriber=person).values_list("kind", flat=True)
    assert list(kinds).count("second_factor_failed") == ATTEMPTS


def test_what_somebody_sends_shuts_no_door_for_others_behind_the_address() -> None:
    """Sign-in, second step, confirming, and a new password, each beside many attempts of others."""
    with_app()
    confirming = sign_up("new@example.com")
    pest = Client(REMOTE_ADDR=OFFICE)
    for number in range(101):
        claimant = Claimant(account=f"a{number}@example.com", address=OFFICE)
        count_attempt(kind=AttemptKind.SIGN_IN, claimant=claimant, now=MOMENT)
    for number in range(31):
        pest.post(RESET, {"email": f"a{number}@example.com"})
        for path in (STEP, CODE_PAGE):
            pest.post(path, {"code": "000000"})
    code = code_in(letters("new@example.com")[-1])
    confirming.defaults["REMOTE_ADDR"] = OFFICE
    assert confirming.post(CODE_PAGE, {"code": code})["Location"] == "/"
    person = give_password(OFFICE)
    assert send(person, right_code())["Location"] == "/"
    forgetful = Client(REMOTE_ADDR=OFFICE)
    assert forgetful.post(RESET, {"email": LIN}).status_code == 302
    page = forgetful.get(path_in(letters(LIN)[-1], part="/reset/key/"), follow=True)
    new = {"password1": ANOTHER, "password2": ANOTHER}
    asked = forgetful.post(page.redirect_chain[-1][0], new)
    assert asked["Location"].startswith(STEP)


def test_one_address_has_few_strangers_written_to_and_nobody_there_is_refused() -> None:
    """News that there is no account goes to twenty in ten minutes; the page says the same."""
    pest = Client(REMOTE_ADDR=OFFICE)
    for number in range(30):
        assert pest.post(RESET, {"email": f"a{number}@example.com"}).status_code == 302
    assert len(letters()) == 20
    lin()
    assert pest.post(RESET, {"email": LIN}).status_code == 302
    assert len(letters(LIN)) == 1


def test_accounts_that_are_confirmed_do_not_count_for_the_address() -> None:
    for number in range(3):
        email = f"colleague{number}@example.com"
        code = sign_up(email).post(CODE_PAGE, {"code": code_in_mail_to(email)})
        assert code["Location"] == "/"
    pest = Client()
    codes = [
        pest.post("/accounts/signup/", {"email": f"a{number}@example.com", "password1": "x"})
        for number in range(21)
    ]
    assert [answer.status_code for answer in codes] == [200] * 20 + [429]


def code_in_mail_to(email: str) -> str:
    return code_in(letters(email)[-1])
