"""A payment PIN is set, asked for, paused, changed and reset; every step is told to the person."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from limosa.domain.accounts import pin_hash
from limosa.domain.accounts.models import PaymentPin, Subscriber
from limosa.domain.accounts.operations.change_payment_pin import change_payment_pin
from limosa.domain.accounts.operations.check_payment_pin import check_payment_pin
from limosa.domain.accounts.operations.reset_payment_pin import reset_payment_pin
from limosa.domain.accounts.operations.set_payment_pin import set_payment_pin
from limosa.domain.accounts.origin import Origin
from limosa.domain.accounts.queries import PinStatus, pin_status
from limosa.domain.accounts.refusals import (
    PinAlreadySetError,
    PinLockedError,
    PinMalformedError,
    PinMissingError,
    PinTooSimpleError,
    PinWrongError,
)
from limosa.domain.notifications.models import Notification
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db

PIN = "820491"
OTHER = "730258"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def person() -> Subscriber:
    someone = make_subscriber()
    set_payment_pin(subscriber_id=someone.pk, pin=PIN, now=MOMENT)
    return someone


def try_pin(person: Subscriber, pin: str, after: timedelta = timedelta()) -> str:
    """Return what a try says: ok, wrong 4, locked 15 (minutes from now)."""
    now = MOMENT + after
    try:
        check_payment_pin(subscriber_id=person.pk, pin=pin, origin=Origin(), now=now)
    except PinWrongError as refusal:
        return f"wrong {refusal.attempts_left}"
    except PinLockedError as refusal:
        return f"locked {(refusal.until - now) // MINUTE}"
    return "ok"


def told(person: Subscriber) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(subscriber=person).order_by("id")
    return [(row.kind, row.parameters.get("how", "")) for row in rows]


def test_the_right_pin_is_right_and_a_wrong_one_counts_down(person: Subscriber) -> None:
    assert try_pin(person, PIN) == "ok"
    assert [try_pin(person, OTHER) for _ in range(4)] == [
        "wrong 4",
        "wrong 3",
        "wrong 2",
        "wrong 1",
    ]
    assert try_pin(person, PIN) == "ok"
    assert try_pin(person, OTHER) == "wrong 4"


def test_the_fifth_wrong_try_begins_a_pause_in_which_even_the_right_one_is_refused(
    person: Subscriber,
) -> None:
    assert [try_pin(person, OTHER) for _ in range(5)][-1] == "locked 15"
    assert try_pin(person, PIN, 14 * MINUTE) == "locked 1"
    assert pin_status(subscriber_id=person.pk, now=MOMENT) == PinStatus(
        is_set=True, locked_until=MOMENT + 15 * MINUTE
    )
    assert told(person) == [("payment_pin_new", "set"), ("payment_pin_locked", "")]
    assert try_pin(person, PIN, 15 * MINUTE) == "ok"
    assert pin_status(subscriber_id=person.pk, now=MOMENT + 15 * MINUTE) == PinStatus(is_set=True)


def test_each_pause_in_a_row_is_twice_as_long_until_the_pin_is_right(person: Subscriber) -> None:
    passed = timedelta()
    for minutes in (15, 30, 60):
        said = [try_pin(person, OTHER, passed) for _ in range(5)]
        assert said[-1] == f"locked {minutes}"
        passed += minutes * MINUTE
    assert try_pin(person, PIN, passed) == "ok"
    assert [try_pin(person, OTHER, passed) for _ in range(5)][-1] == "locked 15"


def test_what_is_not_six_digits_is_no_try(person: Subscriber) -> None:
    for _ in range(9):
        with pytest.raises(PinMalformedError):
            try_pin(person, "12345")
    assert try_pin(person, OTHER) == "wrong 4"


def test_without_a_pin_there_is_none_to_check() -> None:
    nobody = make_subscriber()
    with pytest.raises(PinMissingError):
        try_pin(nobody, PIN)
    assert pin_status(subscriber_id=nobody.pk, now=MOMENT) == PinStatus(is_set=False)


def test_without_a_pin_as_much_is_compared_as_with_one(
    person: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[object] = []
    verify = pin_hash._HASHER.verify

    def count(*given: object) -> object:
        compared.append(given)
        return verify(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(pin_hash, "_HASHER", type("Counting", (), {
        "verify": staticmethod(count), "hash": pin_hash._HASHER.hash,
    }))  # fmt: skip
    try_pin(person, OTHER)
    with pytest.raises(PinMissingError):
        try_pin(make_subscriber(), OTHER)
    assert len(compared) == 2


def test_a_first_pin_is_set_once(person: Subscriber) -> None:
    with pytest.raises(PinAlreadySetError):
        set_payment_pin(subscriber_id=person.pk, pin=OTHER, now=MOMENT)
    assert try_pin(person, PIN) == "ok"
    assert told(person) == [("payment_pin_new", "set")]


def test_changing_asks_for_the_old_pin_and_counts_wrong_ones(person: Subscriber) -> None:
    with pytest.raises(PinWrongError):
        change_payment_pin(
            subscriber_id=person.pk, old_pin=OTHER, pin="640172", origin=Origin(), now=MOMENT
        )
    assert try_pin(person, OTHER) == "wrong 3"
    change_payment_pin(subscriber_id=person.pk, old_pin=PIN, pin=OTHER, origin=Origin(), now=MOMENT)
    assert try_pin(person, OTHER) == "ok"
    assert try_pin(person, PIN) == "wrong 4"
    assert told(person)[-1] == ("payment_pin_new", "changed")


def test_resetting_ends_a_pause(person: Subscriber) -> None:
    for _ in range(5):
        try_pin(person, OTHER)
    reset_payment_pin(subscriber_id=person.pk, pin=OTHER, now=MOMENT)
    assert try_pin(person, OTHER) == "ok"
    assert told(person)[-1] == ("payment_pin_new", "reset")


def test_there_is_nothing_to_reset_without_a_pin() -> None:
    with pytest.raises(PinMissingError):
        reset_payment_pin(subscriber_id=make_subscriber().pk, pin=PIN, now=MOMENT)
    assert not PaymentPin.objects.exists()


@pytest.mark.parametrize(
    "give",
    [
        lambda who, pin: set_payment_pin(subscriber_id=who, pin=pin, now=MOMENT),
        lambda who, pin: reset_payment_pin(subscriber_id=who, pin=pin, now=MOMENT),
        lambda who, pin: change_payment_pin(
            subscriber_id=who, old_pin=PIN, pin=pin, origin=Origin(), now=MOMENT
        ),
    ],
)
def test_a_simple_pin_is_taken_nowhere(
    person: Subscriber, give: Callable[[int, str], None]
) -> None:
    with pytest.raises(PinTooSimpleError):
        give(person.pk, "123456")
    assert try_pin(person, PIN) == "ok"


def test_the_table_holds_no_pin_and_one_persons_hash_is_no_use_to_another(
    person: Subscriber,
) -> None:
    other = make_subscriber()
    stored = PaymentPin.objects.get(subscriber=person).stored_hash
    assert stored.startswith("$argon2id$")
    assert PIN not in stored
    PaymentPin.objects.create(subscriber=other, stored_hash=stored, set_at=MOMENT)
    assert try_pin(other, PIN) == "wrong 4"


def test_another_pepper_makes_the_pin_wrong(
    person: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.PIN_PEPPER_KEY", bytes(32))
    assert try_pin(person, PIN) == "wrong 4"


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_no_pin_is_checked() -> None:
    """A refusal would undo the count of the try that it refuses."""
    someone = make_subscriber()
    set_payment_pin(subscriber_id=someone.pk, pin=PIN, now=MOMENT)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        try_pin(someone, OTHER)
    assert try_pin(someone, OTHER) == "wrong 4"
