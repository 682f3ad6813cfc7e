"""Attacks on accounts, over HTTP against the running service, each with its outcome.

The attacker has a browser and a mailbox of their own, and knows the victim's address.
"""

import re
import time
from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from limosa.simulators.mailbox.authenticator_page import code_at
from tests.processes import artefacts, call, wait_for
from tests.scenario.stack import Stack

pytestmark = [pytest.mark.figures, pytest.mark.enable_socket, pytest.mark.timeout(300)]

PASSWORD, OWN, THIRD = "tidal-godwit-7", "godwit-tidal-8", "seven-godwits-9"
CODE_PAGE, EMAIL_PAGE, SIGN_IN = "/accounts/confirm-email/", "/accounts/email/", "/accounts/login/"
APP_PAGE = "/accounts/2fa/totp/activate/"
# What a session, or a sign-up, might be good for.
DOORS = ("/settings/", "/orders/", EMAIL_PAGE, "/settings/payment-pin/", "/notifications/")
_numbers = count(1)


class Person:
    """Somebody with a browser and a mailbox."""

    def __init__(self, stack: Stack, address: str) -> None:
        self.stack = stack
        self.address = address
        self.browser = httpx.Client(base_url=stack.url("web"), timeout=60)

    def get(self, path: str) -> httpx.Response:
        return self.browser.get(path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form, having looked at a page of it."""
        if "csrftoken" not in self.browser.cookies:
            self.get(SIGN_IN)
        token = self.browser.cookies["csrftoken"]
        return self.browser.post(path, data={"csrfmiddlewaretoken": token, **fields})

    def sign_up(self, address: str, password: str) -> str:
        return leads_to(self.post("/accounts/signup/", email=address, password1=password))

    def open_account(self) -> None:
        """Sign up at one's own address, and confirm it."""
        assert self.sign_up(self.address, PASSWORD) == CODE_PAGE
        self.post(CODE_PAGE, code=self.code())
        assert self.is_in()

    def sign_in(self, address: str, password: str) -> str:
        """Return where it leads."""
        return leads_to(self.post(SIGN_IN, login=address, password=password))

    def ask_for_password(self, address: str) -> None:
        self.post("/accounts/password/reset/", email=address)

    def choose_password(self, password: str) -> None:
        """Ask for a new password, and set it by the link that comes, which lets in at once."""
        before = len(self.mails())
        self.ask_for_password(self.address)
        link = self.link("/reset/key/", after=before)
        page = leads_to(self.get(link))
        self.post(page, password1=password, password2=password)

    def plant_app(self) -> None:
        """Set up an authenticator app as a second step."""
        (secret,) = re.findall(r"<b>([A-Z2-7]{32})</b>", self.get(APP_PAGE).text)
        moment = time.time()  # noqa: TID251 -- apps read the true time.
        code = code_at(secret, moment)
        assert leads_to(self.post(APP_PAGE, code=code)).startswith("/accounts/2fa/")

    def is_in(self) -> bool:
        """Whether any door opens."""
        return any(self.get(door).status_code == 200 for door in DOORS)

    def mails(self) -> list[str]:
        """Return the texts of one's mails, oldest first."""
        told = call(f"{self.stack.url('mailbox')}/messages.json?to={self.address}")
        return [str(message["text"]) for message in reversed(told["messages"])]

    def told(self, pattern: str, *, after: int = 0) -> str:
        """Return what stands in brackets in the pattern, from the first mail after so many."""
        found: list[str] = []

        def has_come() -> bool:
            found[:] = re.findall(pattern, "\n".join(self.mails()[after:]), re.MULTILINE)
            return bool(found)

        wait_for(has_come, what=f"a mail to {self.address} with {pattern}")
        return found[0]

    def code(self, *, after: int = 0) -> str:
        return self.told(r"^ {4}([B-Z]{4}-[B-Z]{4})", after=after)

    def link(self, part: str, *, after: int = 0) -> str:
        return self.told(rf"https?://[^/\s]+(\S*{part}\S+)", after=after)


def leads_to(answer: httpx.Response) -> str:
    """Return where an answer sends the browser; empty when nowhere."""
    return str(answer.headers.get("Location", ""))


@pytest.fixture
def people(secure_stack: Stack) -> Iterator[tuple[Person, Person]]:
    """Return a victim and an attacker that no other attack knows."""
    number = next(_numbers)
    victim = Person(secure_stack, f"victim{number}@example.com")
    with victim.browser:
        attacker = Person(secure_stack, f"mal{number}@example.com")
        with attacker.browser:
            yield victim, attacker


def tell(outcome: str) -> None:
    """Print an outcome, and keep it beside the logs."""
    print(f"{outcome}")  # noqa: T201 -- read by people
    with (artefacts("secure") / "outcomes.txt").open("a") as kept:
        kept.write(f"{outcome}\n")


def test_signing_up_with_anothers_address_leads_nowhere(
    secure_stack: Stack, people: tuple[Person, Person]
) -> None:
    """Pre-hijacking, with the mail server down when it begins."""
    victim, attacker = people
    secure_stack.kill("mailbox")
    assert attacker.sign_up(victim.address, OWN) == CODE_PAGE
    secure_stack.start("mailbox")
    assert not attacker.is_in()
    attacker.post(EMAIL_PAGE, action_add="", email=attacker.address)
    for _ in range(3):
        attacker.post(CODE_PAGE, code="BBBB-BBBB")
    assert attacker.get(CODE_PAGE).status_code == 302
    assert victim.code()  # It did come, though no mail server was there to take it at first.

    assert attacker.sign_in(victim.address, OWN) == ""
    victim.choose_password(PASSWORD)
    assert attacker.sign_in(victim.address, OWN) == ""
    assert victim.is_in()
    assert not attacker.is_in()
    attacker.ask_for_password(attacker.address)
    assert attacker.told(r"(but there is none)")
    tell(
        f"pre-hijack: the attacker opened 0 of {len(DOORS)} doors, before and after the owner's "
        "reset; the mail waited for its server, no page did"
    )


def test_a_stolen_session_takes_nothing(secure_stack: Stack, people: tuple[Person, Person]) -> None:
    victim, thief = people
    victim.open_account()
    thief.browser.cookies.update(victim.browser.cookies)
    assert thief.is_in()
    attempts = [
        *(
            (EMAIL_PAGE, {action: "", "email": email})
            for action in ("action_add", "action_primary", "action_remove", "action_send")
            for email in (thief.address, victim.address)
        ),
        ("/settings/payment-pin/", {"pin": "820491", "again": "820491"}),
        ("/settings/payment-pin/reset/", {"pin": "820491", "again": "820491"}),
        (
            "/accounts/password/change/",
            {"oldpassword": OWN, "password1": THIRD, "password2": THIRD},
        ),
        ("/accounts/password/set/", {"password1": THIRD, "password2": THIRD}),
        ("/accounts/reauthenticate/", {"password": OWN}),
    ]
    for path, fields in attempts:
        thief.post(path, **fields)
    assert not thief.mails()
    fresh = Person(secure_stack, victim.address)
    with fresh.browser:
        assert fresh.sign_in(victim.address, PASSWORD) == "/"
        settings = fresh.get("/settings/").text
    assert victim.address in settings
    assert "not set" in settings
    tell(
        f"session takeover: 0 of {len(attempts)} attempts with a stolen session changed the account"
    )


def test_who_has_the_password_too_loses_the_account_again(people: tuple[Person, Person]) -> None:
    victim, thief = people
    victim.open_account()
    thief.sign_in(victim.address, PASSWORD)
    thief.post("/accounts/reauthenticate/", password=PASSWORD)
    thief.plant_app()
    assert leads_to(thief.post(EMAIL_PAGE, action_add="", email=thief.address)) == CODE_PAGE
    thief.post(CODE_PAGE, code=thief.code())
    assert thief.address in thief.get("/settings/").text

    link = victim.told(r"no longer sign in with this one[\s\S]*?https?://[^/\s]+(/not-me/\S+)")
    assert victim.post(link).status_code == 200
    assert not thief.is_in()
    assert thief.sign_in(thief.address, PASSWORD) == ""
    assert thief.sign_in(victim.address, PASSWORD) == ""
    victim.choose_password(THIRD)
    assert victim.address in victim.get("/settings/").text
    tell(
        "takeover with the password: undone from the old address; the thief's session and second "
        "step ended, the owner is in by the mail and a new password"
    )
