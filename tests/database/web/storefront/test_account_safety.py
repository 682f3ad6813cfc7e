"""Nobody gets into an account, or takes one, by an address that is not theirs, or by a session."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import AddressChange, PaymentPin, Subscriber
from limosa.domain.accounts.operations.forget_address_changes import forget_address_changes
from limosa.domain.accounts.operations.set_payment_pin import set_payment_pin
from limosa.domain.notifications.models import AccountMail, Notification
from limosa.domain.notifications.not_me import NotMe
from limosa.domain.notifications.wording import mail_for
from limosa.domain.payments.models import SavedMethod
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.links import not_me_path
from tests.letters import code_in, letters, path_in

pytestmark = pytest.mark.django_db

LIN, MAL = "lin@example.com", "mal@example.com"
PASSWORD, ANOTHER = "tidal-godwit-7", "godwit-tidal-8"
CODE_PAGE = "/accounts/confirm-email/"
EMAIL_PAGE = "/accounts/email/"


def sign_up(email: str = LIN, password: str = PASSWORD) -> Client:
    client = Client()
    answer = client.post(reverse("account_signup"), {"email": email, "password1": password})
    assert answer["Location"] == CODE_PAGE
    return client


def sign_in(email: str = LIN, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/settings/").status_code == 200)


def lin() -> Subscriber:
    return make_subscriber(email=LIN, password=PASSWORD)


def reset(email: str = LIN, password: str = ANOTHER) -> Client:
    """Ask for a new password, and set it by the link of the newest mail to the address."""
    client = Client()
    client.post(reverse("account_reset_password"), {"email": email})
    page = client.get(path_in(letters(email)[-1], part="/reset/key/"), follow=True)
    new = {"password1": password, "password2": password}
    answer = client.post(page.redirect_chain[-1][0], new)
    assert answer["Location"] == "/"
    return client


def give_password(client: Client, password: str = PASSWORD) -> None:
    client.post(reverse("account_reauthenticate"), {"password": password})


def change_address(client: Client, to: str = MAL, password: str = PASSWORD) -> None:
    give_password(client, password)
    answer = client.post(EMAIL_PAGE, {"action_add": "", "email": to})
    assert answer["Location"] == CODE_PAGE
    client.post(CODE_PAGE, {"code": code_in(letters(to)[-1])})


def not_me(path: str) -> int:
    """Press the button that the link leads to; return the status of the answer."""
    return int(Client().post(path).status_code)


def addresses(person: Subscriber) -> list[str]:
    return list(EmailAddress.objects.filter(user=person).values_list("email", flat=True))


# --- Nothing but confirming is possible with an unconfirmed address.


def test_the_code_of_the_mail_signs_in_whoever_signed_up() -> None:
    client = sign_up()
    assert not is_signed_in(client)
    answer = client.post(CODE_PAGE, {"code": code_in(letters(LIN)[0])})
    assert answer["Location"] == "/"
    assert is_signed_in(client)


def test_the_code_works_in_the_session_that_asked_for_it_alone() -> None:
    sign_up()
    code = code_in(letters(LIN)[0])
    answer = sign_in(MAL).post(CODE_PAGE, {"code": code})
    assert answer["Location"] == reverse("account_login")
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_a_wrong_code_says_so_and_the_third_ends_it() -> None:
    client = sign_up()
    assert 'id="id_code-fault"' in text_of(client.post(CODE_PAGE, {"code": "BBBB-BBBB"}))
    client.post(CODE_PAGE, {"code": "BBBB-BBBB"})
    client.post(CODE_PAGE, {"code": "BBBB-BBBB"})
    answer = client.post(CODE_PAGE, {"code": code_in(letters(LIN)[0])})
    assert answer["Location"] == reverse("account_login")


def test_confirming_the_first_time_ends_sessions_from_before() -> None:
    """A release before this one let people in whose address was not confirmed."""
    confirming = sign_up()
    old = Client()
    old.force_login(Subscriber.objects.get())
    confirming.post(CODE_PAGE, {"code": code_in(letters(LIN)[0])})
    assert is_signed_in(confirming)
    assert not is_signed_in(old)


def test_who_signed_up_with_anothers_address_keeps_nothing_after_the_owners_reset() -> None:
    attacker = sign_up(LIN, password=ANOTHER)
    person = Subscriber.objects.get()
    EmailAddress.objects.create(user=person, email=MAL, verified=True)  # As once was possible.
    code = code_in(letters(LIN)[0])
    assert is_signed_in(reset(LIN, PASSWORD))
    assert is_signed_in(sign_in(LIN, PASSWORD))
    attacker.post(CODE_PAGE, {"code": code})
    assert addresses(person) == [LIN]
    assert not is_signed_in(attacker)
    assert not is_signed_in(sign_in(LIN, ANOTHER))
    Client().post(reverse("account_reset_password"), {"email": MAL})
    assert [mail.subject for mail in letters(MAL)] == ["There is no account with this address"]


def test_a_reset_asked_for_by_a_second_address_goes_to_the_main_one() -> None:
    EmailAddress.objects.create(user=lin(), email=MAL, verified=True)
    Client().post(reverse("account_reset_password"), {"email": MAL})
    assert not letters(MAL)
    assert path_in(letters(LIN)[0], part="/reset/key/")


def test_a_reset_drops_sessions_pin_and_kept_methods() -> None:
    person = lin()
    session = sign_in()
    set_payment_pin(subscriber_id=person.pk, pin="820491", now=MOMENT)
    kept = SavedMethod.objects.create(
        subscriber=person, public_id="kept1", provider="stripe", reference="pm_1",
        label="Visa", consented_at=MOMENT,
    )  # fmt: skip
    assert is_signed_in(session)
    reset()
    assert not is_signed_in(session)
    assert not PaymentPin.objects.exists()
    kept.refresh_from_db()
    assert (kept.removed_at, kept.next_forget_at) == (MOMENT, MOMENT)
    assert letters(LIN)[-1].subject == "Your password was reset"


# --- A session alone changes nothing.


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_remove", "action_send"])
def test_a_bare_session_changes_no_address(action: str) -> None:
    person = lin()
    EmailAddress.objects.create(user=person, email="old@example.com", verified=True)
    EmailAddress.objects.create(user=person, email="left@example.com", verified=False)
    before = sorted(addresses(person))
    session = sign_in()  # A fresh sign-in does not count: the newest sessions are stolen most.
    for email in (MAL, "old@example.com", "left@example.com"):
        answer = session.post(EMAIL_PAGE, {action: "", "email": email})
        assert answer["Location"].startswith((reverse("account_reauthenticate"), EMAIL_PAGE))
    assert sorted(addresses(person)) == before
    assert not letters()
    person.refresh_from_db()
    assert person.email == LIN


def test_the_password_holds_for_ten_minutes(clock: time_machine.Traveller) -> None:
    lin()
    session = sign_in()
    for seconds, goes_to in ((599, CODE_PAGE), (601, reverse("account_reauthenticate"))):
        give_password(session)
        clock.shift(timedelta(seconds=seconds))
        answer = session.post(EMAIL_PAGE, {"action_add": "", "email": f"at{seconds}@example.com"})
        assert answer["Location"].startswith(goes_to)


@pytest.mark.parametrize("path", ["/settings/payment-pin/", "/settings/payment-pin/reset/"])
def test_a_bare_session_does_not_touch_the_pin(path: str) -> None:
    person = lin()
    set_payment_pin(subscriber_id=person.pk, pin="820491", now=MOMENT)
    fields = {"old_pin": "820491", "pin": "730258", "again": "730258"}
    answer = sign_in().post(path, fields)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert Notification.objects.count() == 1  # Of the first one.


def test_the_old_address_holds_until_the_code_is_typed() -> None:
    person = lin()
    session = sign_in()
    give_password(session)
    session.post(EMAIL_PAGE, {"action_add": "", "email": MAL})
    assert addresses(person) == [LIN]
    assert is_signed_in(sign_in())


# --- The old address is told, and takes the account back.


def test_a_changed_address_is_put_back_by_the_link_in_the_mail_to_the_old_one() -> None:
    person = lin()
    thief = sign_in()
    change_address(thief)
    person.refresh_from_db()
    assert (person.email, addresses(person)) == (MAL, [MAL])
    told = letters(LIN)[-1]
    assert told.subject == "The email address of your account was changed"
    link = path_in(told, part="/not-me/")
    assert "Lock my account" in text_of(Client().get(link))
    assert addresses(person) == [MAL]  # Looking at a link changes nothing.
    assert not_me(link) == 200
    person.refresh_from_db()
    assert (person.email, addresses(person)) == (LIN, [LIN])
    assert not is_signed_in(thief)
    assert not is_signed_in(sign_in(LIN))
    reset(LIN)
    assert is_signed_in(sign_in(LIN, ANOTHER))
    assert not_me(link) == 410


def test_an_address_in_between_brings_nothing_back() -> None:
    person = lin()
    thief = sign_in()
    change_address(thief, to=MAL)
    change_address(thief, to="mal2@example.com")
    assert not_me(path_in(letters(LIN)[-1], part="/not-me/")) == 200
    assert not_me(path_in(letters(MAL)[-1], part="/not-me/")) == 410
    assert addresses(person) == [LIN]


def test_a_new_pin_can_be_answered_with_a_lock_too() -> None:
    person = lin()
    set_payment_pin(subscriber_id=person.pk, pin="820491", now=MOMENT)
    told = Notification.objects.get()
    link = not_me_path(NotMe(person.pk, told.created_at))
    mail = mail_for(told, link="https://limosa.example/", not_me=f"https://limosa.example{link}")
    assert link in mail.text
    assert link in mail.html
    assert not_me(link) == 200
    assert not PaymentPin.objects.exists()
    assert not is_signed_in(sign_in())


def test_the_link_works_for_seven_days(clock: time_machine.Traveller) -> None:
    person = lin()
    change_address(sign_in())
    link = path_in(letters(LIN)[-1], part="/not-me/")
    clock.shift(timedelta(days=7))
    assert not_me(link) == 410
    assert addresses(person) == [MAL]
    assert forget_address_changes(now=MOMENT + timedelta(days=7)) == 1


def test_a_link_of_ones_own_making_is_none() -> None:
    assert not_me("/not-me/x/") == 410


def test_the_old_address_is_kept_for_its_owner() -> None:
    lin()
    change_address(sign_in())
    sign_up(LIN)
    assert letters(LIN)[-1].subject == "You already have an account"
    assert Subscriber.objects.count() == AddressChange.objects.count() == 1


# --- Known and unknown addresses get the same answers.


class CountingHasher(MD5PasswordHasher):
    """Counts how often it is asked to hash."""

    count = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).count += 1
        return super().encode(password, salt)


@pytest.fixture
def hasher(settings: Settings) -> type[CountingHasher]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.count = 0
    return CountingHasher


def effort(path: str, fields: dict[str, str], hasher: type[CountingHasher]) -> tuple[object, ...]:
    """Send a form as a stranger; return what is said, and what it cost."""
    hasher.count = 0
    client = Client()
    answer = client.post(path, fields, follow=True)
    said = text_of(answer).replace(fields.get("email", fields.get("login", "")), "")
    token = str(answer.context["csrf_token"])
    return said.replace(token, ""), answer.redirect_chain, hasher.count


@pytest.mark.parametrize(
    ("name", "field", "others"),
    [
        ("account_login", "login", {"password": "wrong"}),
        ("account_signup", "email", {"password1": ANOTHER}),
        ("account_reset_password", "email", {}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_effort(
    hasher: type[CountingHasher], name: str, field: str, others: dict[str, str]
) -> None:
    lin()
    known = effort(reverse(name), {field: LIN, **others}, hasher)
    unknown = effort(reverse(name), {field: "abc@example.com", **others}, hasher)
    assert known == unknown
    assert known[2] == (0 if name == "account_reset_password" else 1)
    assert AccountMail.objects.count() in {0, 2}


@pytest.mark.parametrize(
    ("name", "email"), [("account_signup", LIN), ("account_reset_password", "abc@example.com")]
)
def test_a_stranger_is_told_of_tries_once_a_day(
    clock: time_machine.Traveller, name: str, email: str
) -> None:
    lin()
    for _ in range(3):
        Client().post(reverse(name), {"email": email, "password1": ANOTHER})
        clock.shift(timedelta(seconds=30))
    assert len(letters(email)) == 1
    clock.shift(timedelta(days=1))
    Client().post(reverse(name), {"email": email, "password1": ANOTHER})
    assert len(letters(email)) == 2


# --- The page knows no mail server, and the database no code.


def test_a_page_needs_no_mail_server(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client = sign_up()
    assert client.get(CODE_PAGE).status_code == 200
    assert Client().post(reverse("account_reset_password"), {"email": LIN}).status_code == 302


def test_a_reader_of_the_database_finds_no_code_link_or_address() -> None:
    sign_up()
    lin_code = code_in(letters(LIN)[0])
    Client().post(reverse("account_reset_password"), {"email": LIN})
    link = path_in(letters(LIN)[1], part="/reset/key/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT (m.*)::text FROM notifications_accountmail AS m")
        mails = str(cursor.fetchall())
        cursor.execute("SELECT session_data FROM django_session")
        sessions = str(cursor.fetchall())
    for secret in (lin_code, link, LIN):
        assert secret not in mails
        assert secret not in sessions
