"""A person's own choices are stored, and nothing else of their row by the same way."""

import pytest

from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.operations.keep_preferences import keep_preferences
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db


def test_only_what_is_named_is_stored() -> None:
    person = make_subscriber(language="en", country="")
    person.language, person.country = "es", "US"
    keep_preferences(person=person, names=["language"])
    kept = Subscriber.objects.get(pk=person.pk)
    assert (kept.language, kept.country) == ("es", "")


def test_no_role_is_stored_as_if_it_were_a_preference() -> None:
    person = make_subscriber()
    person.staff_role, person.language = "admin", "es"
    with pytest.raises(ValueError, match="staff_role"):
        keep_preferences(person=person, names=["language", "staff_role"])
    kept = Subscriber.objects.get(pk=person.pk)
    assert (kept.staff_role, kept.language) == ("", "en")
