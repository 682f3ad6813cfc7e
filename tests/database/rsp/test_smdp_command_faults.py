"""`limosa smdp …` refused: the line names what is wrong, and what to do about it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from limosa.config.cli import main
from limosa.domain.rsp.models import DownloadOrder
from tests.factories.rsp import EID, make_profile, make_profile_type
from tests.factories.sgp22 import NOW
from tests.processes import ROOT

pytestmark = pytest.mark.django_db
Captured = pytest.CaptureFixture[str]
WRONG_EID = "89049032123451234512345678901236"


def told(capsys: Captured, *words: str) -> str:
    assert main(["smdp", *words]) == 0, capsys.readouterr()
    return capsys.readouterr().out


def fault(capsys: Captured, *words: str) -> str:
    assert main(["smdp", *words]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("order", "new", "--type", "demo", "--eid", "123"), "argument --eid: '123' is not an EID"),
        (("order", "new", "--type", "demo", "--eid", WRONG_EID), "its last two digits"),
        (
            ("order", "new", "--type", "demo", "--matching-id", "a b$c"),
            "argument --matching-id: 'a b$c' is not a matching id: 1 to 255 letters",
        ),
        (("type", "set", "bad code!"), "argument CODE: 'bad code!' is not a code"),
    ],
)
def test_an_option_of_a_wrong_form_is_named(
    capsys: Captured, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["smdp", *words])
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_an_eid_whose_digits_go_together_is_taken(capsys: Captured) -> None:
    make_profile()
    assert EID in told(capsys, "order", "new", "--type", "demo", "--eid", EID)


def test_a_type_that_is_not_there_or_empty_is_said_with_the_next_command(
    capsys: Captured,
) -> None:
    make_profile_type()
    for words in (("order", "new"), ("order", "list")):
        assert "See: limosa smdp type list" in fault(capsys, *words, "--type", "nope")
    said = fault(capsys, "order", "new", "--type", "demo")
    assert "smdp profile make --count N --type demo" in said
    said = fault(capsys, "order", "new", "--iccid", "8901", "--matching-id", "A")
    assert "8901 is no profile in stock" in said


def test_an_order_in_the_wrong_state_is_named_with_its_state(capsys: Captured) -> None:
    iccid = make_profile().iccid
    told(capsys, "order", "new", "--iccid", iccid, "--matching-id", "LAB-1")
    assert f"{iccid} is ordered" in fault(capsys, "order", "new", "--iccid", iccid)
    other = make_profile().iccid
    taken = fault(capsys, "order", "new", "--iccid", other, "--matching-id", "LAB-1")
    assert "has, or had, the matching id LAB-1" in taken
    assert f"{iccid} is released" in fault(capsys, "order", "release", iccid)
    told(capsys, "order", "cancel", iccid)
    assert "is cancelled already" in fault(capsys, "order", "cancel", iccid)
    assert "is cancelled: only one that" in fault(capsys, "order", "release", iccid)


def test_an_order_shows_what_was_reported_and_its_terms(capsys: Captured) -> None:
    iccid = make_profile().iccid
    told(capsys, "order", "new", "--iccid", iccid, "--days", "2", "--redownload", "any_euicc")
    DownloadOrder.objects.update(
        state="installed",
        bound_eid=EID,
        downloads=2,
        installed_at=NOW,
        enabled_at=NOW + timedelta(minutes=1),
        deleted_at=NOW + timedelta(minutes=2),
    )
    shown = told(capsys, "order", "show", iccid)
    for name in ("installed ", "switched on ", "deleted ", "expires "):
        assert f"\n{name}" in shown
    assert "downloads so far   2" in shown
    assert "again              any eUICC, after its deletion was reported" in shown
    assert "downloads at most  3" in shown
    said = fault(capsys, "order", "cancel", iccid)
    assert "is installed: a device has the profile" in said


def test_the_code_of_a_cancelled_order_is_not_shown(capsys: Captured) -> None:
    iccid = make_profile().iccid
    assert "LPA:1$" in told(capsys, "order", "new", "--iccid", iccid)
    assert "LPA:1$" in told(capsys, "order", "show", iccid)
    told(capsys, "order", "cancel", iccid)
    shown = told(capsys, "order", "show", iccid)
    assert "LPA:1$" not in shown
    assert "none: the order is cancelled" in shown


def test_an_address_that_is_not_set_is_warned_of(capsys: Captured, settings: Settings) -> None:
    for address, is_warned in (("smdp.limosa.example", True), ("smdp.example.com", False)):
        settings.SMDP_ADDRESS = address
        iccid = make_profile().iccid
        assert main(["smdp", "order", "new", "--iccid", iccid]) == 0
        assert ("LIMOSA_SMDP_ADDRESS is not set" in capsys.readouterr().err) is is_warned


def test_a_type_is_shown_with_its_terms(capsys: Captured) -> None:
    make_profile_type("travel")
    words = ("--redownload", "never", "--downloads-max", "0", "--low-below", "5")
    told(capsys, "type", "set", "travel", *words)
    shown = told(capsys, "type", "show", "travel")
    assert "again              nobody\n" in shown
    assert "downloads at most  any number\n" in shown
    assert "low below          5\n" in shown
    assert "no profile type" in fault(capsys, "type", "show", "nope")
    said = fault(capsys, "type", "set", "travel", "--service-provider", "n" * 33)
    assert "the service provider's name has 33 bytes; at most 32" in said


def test_profiles_that_are_not_listed_are_counted(capsys: Captured) -> None:
    make_profile_type("travel")
    said = told(capsys, "profile", "make", "--count", "22", "--type", "travel")
    assert "\n… and 2 more\nmade 22 profiles" in said


def test_names_of_files_do_not_steer_the_terminal(capsys: Captured, tmp_path: Path) -> None:
    make_profile_type("travel")
    (tmp_path / "\x1b[31mred.der").write_bytes(b"bad")
    assert main(["smdp", "profile", "import", str(tmp_path), "--type", "travel"]) == 1
    out = capsys.readouterr().out
    assert "\\x1b[31mred.der (no_package)" in out
    assert "\x1b[31m" not in out
    assert "\\x1b" in fault(capsys, "profile", "import", "/no\x1bwhere", "--type", "travel")


def test_the_profile_that_the_documents_name_is_imported(capsys: Captured) -> None:
    make_profile_type("lab")
    page = (ROOT / "docs/howto/point-an-lpa-at-the-demo.md").read_text(encoding="utf-8")
    (path,) = re.findall(r"profile import (src/\S+\.der)", page)
    words = ("profile", "import", str(ROOT / path), "--type", "lab")
    assert "imported 1 profile" in told(capsys, *words)
