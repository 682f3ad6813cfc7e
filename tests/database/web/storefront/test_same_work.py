"""An address that has an account costs a page the same steps as one that has none.

Steps are what takes time: hashes of a password, statements, mails that are worded.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import SecurityEvent, Subscriber
from limosa.domain.notifications.models import AccountMail
from limosa.web.storefront import account_mail
from tests.database.web.storefront.test_account_safety import ANOTHER, CountingHasher, lin

pytestmark = pytest.mark.django_db

KNOWN = "lin@example.com"
FORMS = {
    "account_login": ("login", {"password": "wrong-godwit-7"}),
    "account_signup": ("email", {"password1": ANOTHER}),
    "account_reset_password": ("email", {}),
}
_WHAT = re.compile(r"\s*(\w+)(?:.*?(?:FROM|INTO|UPDATE)\s+\"?(\w+))?", re.DOTALL)


def _step(statement: str) -> str:
    """Return what a statement does, and to which table."""
    found = _WHAT.match(statement)
    assert found, statement
    return " ".join(found.groups(""))


class Steps:
    """Counts what a form costs."""

    def __init__(self, settings: Settings, patch: pytest.MonkeyPatch) -> None:
        settings.PASSWORD_HASHERS = [f"{CountingHasher.__module__}.CountingHasher"]
        self._worded = 0
        patch.setattr(account_mail, "_mail", self._counting(account_mail._mail))

    def of(self, name: str, email: str) -> tuple[object, ...]:
        """Return the steps of sending a form as a stranger.

        A savepoint that is kept and one that is taken back are one step, and a mail is written to
        one table, whether it is kept.
        """
        field, others = FORMS[name]
        CountingHasher.count = self._worded = 0
        with CaptureQueriesContext(connection) as seen:
            Client().post(reverse(name), {field: email, **others})
        statements = [_step(query["sql"]) for query in seen]
        kept = sorted(step for step in statements if not step.startswith(("ROLLBACK", "SELECT")))
        reads = sum(step.startswith("SELECT") for step in statements)
        return CountingHasher.count, self._worded, kept, reads

    def _counting(self, word: object) -> object:
        def count(*given: object) -> object:
            self._worded += 1
            return word(*given)  # type: ignore[operator]

        return count


@pytest.fixture
def steps(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(settings, monkeypatch)


def unknown(name: str, turn: int) -> str:
    """Return an address that has no account, not even by what was sent before."""
    return f"new{turn}@example.com" if name == "account_signup" else "new@example.com"


@pytest.mark.parametrize("name", FORMS)
def test_known_and_unknown_addresses_cost_the_same_steps_time_and_again(
    name: str, steps: Steps, clock: time_machine.Traveller
) -> None:
    lin()
    for turn, wait in enumerate((0, 2, 2, 0)):  # In minutes: mails have limits, of both kinds.
        clock.shift(timedelta(minutes=wait))
        assert steps.of(name, KNOWN) == steps.of(name, unknown(name, turn))


def test_what_was_only_written_for_its_time_leaves_nothing_behind(
    steps: Steps, clock: time_machine.Traveller
) -> None:
    lin()
    for _ in range(4):
        steps.of("account_signup", KNOWN)
        clock.shift(timedelta(minutes=2))
    assert Subscriber.objects.count() == 1
    assert AccountMail.objects.count() == 1
    for number in range(30):
        steps.of("account_reset_password", f"new{number}@example.com")
    assert AccountMail.objects.count() == 21
    assert SecurityEvent.objects.count() == 20
