"""`limosa seal rotate` says what it did, and what to do when it cannot."""

import argparse

import pytest
from pytest_django.fixtures import Settings

from limosa.config.command import CommandFault
from limosa.config.commands import seal_rotate
from tests.database.sealed.test_sealed_fields import NEW, OLD
from tests.factories.esims import make_esim

pytestmark = pytest.mark.django_db


def rotate(batch: int = 2) -> int:
    return seal_rotate.run(argparse.Namespace(batch=batch))


def test_it_counts_the_rows_that_it_sealed_anew(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SEALING_KEYS = {"old": OLD}
    for _ in range(3):
        make_esim()
    settings.SEALING_KEYS = {"new": NEW, "old": OLD}
    assert rotate() == 0
    told = capsys.readouterr()
    assert "sealed 3 rows anew" in told.out
    assert "esims_esim.activation_code" in told.err


def test_a_missing_key_is_named_with_what_to_do(settings: Settings) -> None:
    settings.SEALING_KEYS = {"old": OLD}
    make_esim()
    settings.SEALING_KEYS = {"new": NEW}
    with pytest.raises(CommandFault, match=r"needs the key old.*Put it back"):
        rotate()


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(CommandFault, match="at least 1"):
        rotate(0)
