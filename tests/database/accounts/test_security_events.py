"""What happened to an account stands on its record, and stays there."""

import pytest
from django.db import IntegrityError, connection, transaction

from limosa.domain.accounts.models import SecurityEvent, SecurityEventKind
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.domain.accounts.origin import Origin
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db


def recorded(*, address: str = "192.0.2.7", device: str = "Firefox") -> SecurityEvent:
    record_security_event(
        subscriber=make_subscriber(),
        kind=SecurityEventKind.SIGNED_IN,
        origin=Origin(address=address, device=device),
        now=MOMENT,
        details="by password",
    )
    return SecurityEvent.objects.get()


def test_an_event_says_who_what_when_and_from_where() -> None:
    event = recorded()
    assert event.subscriber is not None
    told = (event.kind, event.at, event.address, event.device, event.details)
    assert told == ("signed_in", MOMENT, "192.0.2.7", "Firefox", "by password")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", None),
        ("not an address", None),
    ],
)
def test_an_address_is_kept_in_one_form_and_anything_else_is_not(
    address: str, kept: str | None
) -> None:
    assert recorded(address=address).address == kept


def test_a_device_of_any_length_and_with_any_sign_can_be_recorded() -> None:
    assert recorded(device="\0" + "x" * 5000).device == "x" * 300


@pytest.mark.parametrize("cheat", ["UPDATE {} SET details = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_an_event(cheat: str) -> None:
    recorded()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # Nothing else is in the way.
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(cheat.format(SecurityEvent._meta.db_table))
    assert SecurityEvent.objects.get().details == "by password"
