"""`limosa keys rotate` says what it did, and what to do when it cannot."""

import argparse

import pytest
from allauth.mfa.utils import decrypt
from pytest_django.fixtures import Settings

from limosa.config.command import CommandFault
from limosa.config.commands.keys import rotate as seal_rotate
from tests.database.encryption.test_encrypted_fields import NEW, OLD
from tests.factories.accounts import TOTP_SECRET, make_operator, make_second_step
from tests.factories.esims import make_esim

pytestmark = pytest.mark.django_db


def rotate(batch: int = 2) -> int:
    return seal_rotate.run(argparse.Namespace(batch=batch))


def test_it_counts_the_rows_that_it_sealed_anew(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENCRYPTION_KEYS = {"old": OLD}
    for _ in range(3):
        make_esim()
    settings.ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    assert rotate() == 0
    told = capsys.readouterr()
    assert "re-encrypted 3 rows" in told.out
    assert "esims_esim.activation_code" in told.err


def test_secrets_of_the_second_step_are_sealed_anew_too(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENCRYPTION_KEYS = {"old": OLD}
    step = make_second_step(make_operator())
    assert step.data["secret"].startswith("enc1.old.")
    settings.ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    rotate()
    settings.ENCRYPTION_KEYS = {"new": NEW}
    step.refresh_from_db()
    assert decrypt(step.data["secret"]) == TOTP_SECRET
    assert "re-encrypted 1 row" in capsys.readouterr().out
    rotate()
    assert "re-encrypted 0 rows" in capsys.readouterr().out


def test_a_missing_key_is_named_with_what_to_do(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = {"old": OLD}
    make_esim()
    settings.ENCRYPTION_KEYS = {"new": NEW}
    with pytest.raises(CommandFault, match=r"needs the key old.*Put it back"):
        rotate()
