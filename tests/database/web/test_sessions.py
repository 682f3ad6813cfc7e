"""A copy of the table of sessions lets nobody in, and tells nothing."""

import base64
import zlib

import pytest
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.fixtures import Settings

from limosa.web.sessions import SessionStore
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db


def test_the_row_bears_neither_the_cookie_nor_the_data() -> None:
    session = SessionStore()
    session["payer"] = "openid-of-lin"
    session.save()
    [row] = Session.objects.all()
    assert session.session_key
    assert session.session_key not in row.session_key + row.session_data
    for part in row.session_data.replace(":", ".").split("."):
        raw = base64.urlsafe_b64decode(part.rstrip("=") + "=" * (-len(part.rstrip("=")) % 4))
        assert b"openid" not in raw
        with pytest.raises(zlib.error):
            zlib.decompress(raw)
    assert SessionStore(session.session_key)["payer"] == "openid-of-lin"


def test_the_control_djangos_own_rows_bear_the_cookie() -> None:
    session = db.SessionStore()
    session.save()
    assert Session.objects.get().session_key == session.session_key


def test_what_stands_in_the_row_is_no_cookie(client: Client) -> None:
    client.force_login(make_subscriber())
    assert client.get("/settings/").status_code == 200
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().session_key
    assert thief.get("/settings/")["Location"].startswith("/accounts/login/")


def test_a_new_key_replaces_the_old_one_and_the_end_deletes_the_row() -> None:
    session = SessionStore()
    session["a"] = 1
    session.save()
    before = str(session.session_key)
    session.cycle_key()
    assert not SessionStore().exists(before)
    assert SessionStore(str(session.session_key))["a"] == 1
    session.flush()
    assert not Session.objects.exists()


def test_another_secret_key_reads_nothing(client: Client, settings: Settings) -> None:
    session = SessionStore()
    session["payer"] = "openid"
    session.save()
    settings.SECRET_KEY = "another one, as long as the first"
    assert dict(SessionStore(session.session_key).items()) == {}
