"""A thief who tries many PINs at the same moment has five tries; without the lock, more."""

from functools import partial

import pytest
from django.db.models import QuerySet

from limosa.domain.accounts.models import PaymentPin
from limosa.domain.accounts.operations.check_payment_pin import check_payment_pin
from limosa.domain.accounts.operations.set_payment_pin import set_payment_pin
from limosa.domain.accounts.origin import Origin
from limosa.domain.accounts.refusals import PinAlreadySetError
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 12
PIN = "820491"


def try_together() -> list[str]:
    person = make_subscriber()
    set_payment_pin(subscriber_id=person.pk, pin=PIN, now=MOMENT)
    guesses = [f"7302{number:02}" for number in range(40, 40 + TOGETHER)]
    return run_together(
        [
            partial(
                check_payment_pin, subscriber_id=person.pk, pin=guess, origin=Origin(), now=MOMENT
            )
            for guess in guesses
        ]
    )


def test_without_the_lock_more_than_five_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows: rows.all())
    assert try_together().count("PinWrongError") > 5


def test_with_the_lock_the_fifth_try_is_the_last() -> None:
    said = try_together()
    assert said.count("PinWrongError") == 4
    assert said.count("PinLockedError") == TOGETHER - 4
    assert PaymentPin.objects.get().lockouts == 1


def test_of_two_first_pins_at_once_one_is_set() -> None:
    person = make_subscriber()
    said = run_together(
        [
            partial(set_payment_pin, subscriber_id=person.pk, pin=pin, now=MOMENT)
            for pin in (PIN, "730258")
        ]
    )
    assert sorted(said) == ["None", PinAlreadySetError.__name__]
