"""`limosa smdp …`: what each command prints and leaves, from a type to a cancelled order."""

import re
from pathlib import Path

import pytest

from limosa.config.cli import main
from limosa.domain.rsp.models import DownloadOrder, Profile, ProfileType
from tests.factories.pictures import png
from tests.factories.rsp import (
    EID,
    make_download_order,
    make_package,
    make_profile,
    make_profile_type,
    next_iccid,
)

pytestmark = pytest.mark.django_db
Captured = pytest.CaptureFixture[str]
CODE = re.compile(
    r"^activation code +(LPA:1\$smdp\.limosa\.example\$([A-Z0-9-]+)(\$\$1)?)$", re.MULTILINE
)


def told(capsys: Captured, *words: str) -> str:
    """Run a command that succeeds; return what it printed."""
    assert main(["smdp", *words]) == 0, capsys.readouterr()
    return capsys.readouterr().out


def fault(capsys: Captured, *words: str) -> str:
    """Run a command that fails; return its one line."""
    assert main(["smdp", *words]) == 1
    return capsys.readouterr().err


def test_a_type_is_added_and_changed(capsys: Captured, tmp_path: Path) -> None:
    icon = tmp_path / "icon.png"
    icon.write_bytes(png(64, 64))
    assert "is no profile type" in fault(capsys, "profile", "make", "--type", "travel")
    assert "has a name" in fault(capsys, "type", "set", "travel", "--name", "Ten")
    named = ("--name", "Ten", "--service-provider", "Limosa", "--icon", str(icon))
    told(capsys, "type", "set", "travel", *named, "--downloads-max", "0", "--no-needs-delete")
    told(capsys, "type", "set", "travel", "--name", "Ten GB", "--low-below", "3")
    told(capsys, "type", "set", "travel", "--tells-switching")
    kind = ProfileType.objects.get()
    assert (kind.name, kind.service_provider, kind.low_below) == ("Ten GB", "Limosa", 3)
    assert (kind.downloads_max, kind.needs_delete) == (None, False)
    assert (kind.tells_enabling, kind.tells_disabling) == (True, True)
    icon.write_bytes(b"no picture")
    assert "PNG" in fault(capsys, "type", "set", "travel", "--icon", str(icon))
    icon.write_bytes(png(64, 32))
    assert "of 64 x 32 pixels" in fault(capsys, "type", "set", "travel", "--icon", str(icon))
    assert "64" in fault(capsys, "type", "set", "travel", "--name", "n" * 65)
    assert "low: fewer than 3" in told(capsys, "type", "list")


def test_a_folder_is_imported_and_what_is_wrong_is_named(capsys: Captured, tmp_path: Path) -> None:
    make_profile_type("travel")
    for number in range(3):
        (tmp_path / f"{number}.der").write_bytes(make_package(next_iccid()))
    (tmp_path / "notes.txt").write_text("no profile")
    words = ("profile", "import", str(tmp_path), "--type", "travel")
    assert "imported 3 profiles" in told(capsys, *words)
    (tmp_path / "bad.der").write_bytes(b"bad")
    assert main(["smdp", *words]) == 1
    said = capsys.readouterr().out
    assert "bad.der (no_package)" in said
    assert "left out because of duplicate: 3" in said
    assert "imported 0 profiles" in said
    assert Profile.objects.count() == 3
    assert "neither" in fault(capsys, "profile", "import", "/nowhere", "--type", "travel")


def test_profiles_are_made_ordered_released_and_cancelled(capsys: Captured) -> None:
    make_profile_type("travel")
    assert "made 2 profiles" in told(capsys, "profile", "make", "--count", "2", "--type", "travel")
    said = told(capsys, "order", "new", "--type", "travel", "--unreleased")
    found = CODE.search(said)
    order = DownloadOrder.objects.get()
    iccid = order.profile.iccid
    assert found
    assert found[2] == order.matching_id
    assert f"order release {iccid}" in said
    assert order.state == "confirmed"
    assert "released" in told(capsys, "order", "release", iccid)
    assert found[1] in told(capsys, "order", "show", iccid)
    assert "8.2.1/3.5" in fault(capsys, "order", "release", iccid)
    assert iccid in told(capsys, "order", "list", "--state", "released", "--type", "travel")
    told(capsys, "order", "cancel", iccid, "--final", "unavailable")
    assert Profile.objects.get(iccid=iccid).state == "unavailable"
    assert "No orders" in told(capsys, "order", "list", "--state", "released")


KINDS = {
    "one-time": (["--one-time"], ("never", True, 10)),
    "reusable": (["--reusable"], ("any_euicc", False, None)),
    "the type's": ([], ("same_euicc", True, 3)),
}


@pytest.mark.parametrize(("words", "terms"), KINDS.values(), ids=KINDS)
def test_an_order_has_the_terms_that_it_was_made_with(
    capsys: Captured, words: list[str], terms: tuple[str, bool, int | None]
) -> None:
    make_profile()
    told(capsys, "order", "new", "--type", "demo", *words, "--matching-id", "LAB-1")
    order = DownloadOrder.objects.get()
    assert (order.redownload, order.needs_delete, order.downloads_max) == terms
    assert (order.state, order.matching_id) == ("released", "LAB-1")


def test_an_empty_confirmation_code_is_no_order(capsys: Captured) -> None:
    iccid = make_profile().iccid
    said = fault(capsys, "order", "new", "--iccid", iccid, "--code", "")
    assert "--code is empty" in said
    assert said.count("\n") == 1
    assert not DownloadOrder.objects.exists()


def test_an_order_with_a_confirmation_code_prints_it_once(capsys: Captured) -> None:
    iccid = make_profile().iccid
    said = told(capsys, "order", "new", "--iccid", iccid, "--with-code", "--days", "2")
    code = re.search(r"^confirmation code +(\d{8})$", said, re.MULTILINE)
    found = CODE.search(said)
    assert code
    assert found
    assert found[3] == "$$1"
    shown = told(capsys, "order", "show", iccid)
    assert code[1] not in shown
    assert found[1] in shown
    order = DownloadOrder.objects.get()
    assert order.expires_at
    assert (order.expires_at - order.ordered_at).days == 2


def test_refused_confirmation_codes_and_the_lock_are_seen(capsys: Captured) -> None:
    orders = [make_download_order(wrong_codes=count) for count in (0, 1, 3, 10, 11)]
    *shown, first, second = [told(capsys, "order", "show", one.profile.iccid) for one in orders]
    assert ["refused" in one for one in shown] == [False, True, True]
    assert "refused 3 times in a row" in shown[2]
    assert "locked: refused 10 times in a row" in first
    assert "locked: refused 10 times in a row" in second
    listed = told(capsys, "order", "list", "--locked")
    assert [one.profile.iccid in listed for one in orders] == [False] * 3 + [True] * 2
    assert listed.count("locked:") == 2


def test_an_order_for_an_eid_needs_no_matching_id(capsys: Captured) -> None:
    iccid = make_profile().iccid
    words = ("order", "new", "--iccid", iccid, "--by-eid")
    assert "8.1.1/2.2" in fault(capsys, *words)
    assert Profile.objects.get().state == "available"
    said = told(capsys, *words, "--eid", EID)
    assert f"for the EID        {EID}" in said
    assert "asks smdp.limosa.example" in said
    told(capsys, "order", "cancel", iccid)


def test_what_is_not_there_is_said_with_what_to_do(capsys: Captured) -> None:
    assert "type set" in told(capsys, "type", "list")
    assert "order new" in told(capsys, "order", "list")
    assert "8.2.5/3.9" in fault(capsys, "order", "new", "--type", "travel")
    assert "has no order" in fault(capsys, "order", "show", "8901")
    assert "has no order" in fault(capsys, "order", "release", "8901")


def terms_of(iccid: str) -> tuple[str, bool, int | None]:
    order = DownloadOrder.objects.get(profile__iccid=iccid)
    return order.redownload, order.needs_delete, order.downloads_max


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ((), ("same_euicc", True, 3)),
        (("--redownload", "any_euicc"), ("any_euicc", True, 3)),
        (("--no-needs-delete", "--downloads-max", "7"), ("same_euicc", False, 7)),
        (("--one-time", "--downloads-max", "1"), ("never", True, 1)),
        (("--reusable", "--needs-delete"), ("any_euicc", True, None)),
        (("--downloads-max", "0"), ("same_euicc", True, None)),
    ],
)
@pytest.mark.parametrize("by", ["iccid", "type"])
def test_an_order_has_the_terms_of_its_type_unless_told(
    capsys: Captured, by: str, words: tuple[str, ...], terms: tuple[str, bool, int | None]
) -> None:
    iccid = make_profile().iccid
    named = ("--iccid", iccid) if by == "iccid" else ("--type", "demo")
    told(capsys, "order", "new", *named, *words)
    assert terms_of(iccid) == terms


def test_terms_of_an_unknown_profile_or_type_are_refused(capsys: Captured) -> None:
    make_profile_type()
    said = fault(capsys, "order", "new", "--iccid", "8901", "--redownload", "never")
    assert "no profile" in said
    said = fault(capsys, "order", "new", "--type", "nothing", "--redownload", "never")
    assert "no profile type" in said
