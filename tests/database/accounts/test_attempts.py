"""Tries are counted in the database, refused beyond the limit, and forgotten in the end."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from limosa.domain.accounts.device_tokens import DEVICE_LIFETIME, digest_of
from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant
from limosa.domain.accounts.models import AttemptCount, KnownDevice
from limosa.domain.accounts.operations.count_attempt import count_attempt
from limosa.domain.accounts.operations.delete_what_is_over import delete_what_is_over
from limosa.domain.accounts.operations.forget_devices import forget_devices
from limosa.domain.accounts.operations.know_device import know_device
from limosa.domain.accounts.operations.take_back_attempt import take_back_attempt
from limosa.domain.accounts.queries import known_device
from limosa.domain.accounts.refusals import TriedTooOftenError
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def attempts(claimant: Claimant, times: int, after: timedelta = timedelta()) -> list[timedelta]:
    """Try so often; return how long each refused one has to wait."""
    waits = []
    for _ in range(times):
        try:
            count_attempt(kind=AttemptKind.SIGN_IN, claimant=claimant, now=MOMENT + after)
        except TriedTooOftenError as refusal:
            waits.append(refusal.wait)
    return waits


def stranger(address: str = "192.0.2.7", account: str = "ann@example.com") -> Claimant:
    return Claimant(account=account, address=address)


def test_the_sixth_try_waits_until_the_first_is_five_minutes_old() -> None:
    assert attempts(stranger(), 5) == []
    assert attempts(stranger(), 1, MINUTE) == [4 * MINUTE]
    assert attempts(stranger(), 6, 5 * MINUTE) == [5 * MINUTE]


def test_addresses_together_get_no_more_than_the_account_allows() -> None:
    waits = [wait for n in range(20) for wait in attempts(stranger(f"192.0.2.{n}"), 5)]
    assert len(waits) == 50
    assert attempts(stranger("198.51.100.1"), 1) == [60 * MINUTE]


def test_hammering_any_number_of_accounts_does_not_use_up_the_address() -> None:
    attempts(stranger(), 200)
    assert [attempts(stranger(account=f"{n}@example.com"), 5) for n in range(50)] == [[]] * 50
    assert attempts(stranger(account="behind@example.com"), 5) == []


def test_a_known_device_is_heard_whatever_strangers_tried() -> None:
    for number in range(40):
        attempts(stranger(f"192.0.2.{number}"), 5)
    device = Claimant(account="ann@example.com", address="192.0.2.7", device="d1")
    assert attempts(device, 10) == []
    assert attempts(device, 1) == [5 * MINUTE]


def test_a_right_password_does_not_count_and_frees_no_other_try() -> None:
    attempts(stranger(), 4)
    for _ in range(10):
        assert attempts(stranger(), 1) == []
        take_back_attempt(kind=AttemptKind.SIGN_IN, claimant=stranger(), now=MOMENT)
    assert attempts(stranger(), 2) == [5 * MINUTE]


def test_the_table_tells_nobody_whose_account_or_address_was_tried() -> None:
    attempts(stranger(), 1)
    for name in AttemptCount.objects.values_list("name", flat=True):
        assert len(name) == 64
        assert int(name, 16)


def test_a_device_is_known_to_the_account_that_signed_in_on_it_until_it_is_forgotten() -> None:
    ann, bob = make_subscriber(email="Ann@example.com"), make_subscriber()
    for token in ("one", "two"):
        know_device(subscriber_id=ann.pk, token=token, device="Firefox", now=MOMENT)
    assert known_device(email="ann@example.com", token="one") == digest_of("one")
    assert known_device(email=bob.email, token="one") == ""
    assert known_device(email="nobody@example.com", token="one") == ""
    assert known_device(email=ann.email, token="") == ""
    forget_devices(subscriber_id=ann.pk, but_token="two")
    assert known_device(email=ann.email, token="one") == ""
    assert known_device(email=ann.email, token="two") == digest_of("two")


def test_what_is_over_is_deleted_and_nothing_else() -> None:
    person = make_subscriber()
    for name, age in (("old", timedelta(days=1)), ("new", timedelta(days=-1))):
        Session.objects.create(session_key=name, session_data="", expire_date=MOMENT - age)
        AttemptCount.objects.create(name=name, attempts=1, over_at=MOMENT - age)
        seen_at = MOMENT - DEVICE_LIFETIME - age
        KnownDevice.objects.create(subscriber=person, digest=name, seen_at=seen_at)
    assert delete_what_is_over(now=MOMENT) == 3
    assert [row.session_key for row in Session.objects.all()] == ["new"]
    assert [row.name for row in AttemptCount.objects.all()] == ["new"]
    assert [row.digest for row in KnownDevice.objects.all()] == ["new"]


def test_more_than_a_part_is_deleted_at_once_too() -> None:
    AttemptCount.objects.bulk_create(
        AttemptCount(name=str(number), attempts=1, over_at=MOMENT - MINUTE)
        for number in range(2001)
    )
    assert delete_what_is_over(now=MOMENT) == 2001
