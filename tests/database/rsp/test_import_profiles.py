"""Files become profiles once; what is none is named."""

from pathlib import Path

import pytest
from django.db import connection

from limosa.domain.rsp.engine.profile_package import read_iccid
from limosa.domain.rsp.models import Profile
from limosa.domain.rsp.operations.import_profiles import import_profiles
from limosa.domain.rsp.operations.make_profiles import make_profiles
from tests.factories import MOMENT
from tests.factories.rsp import make_package, make_profile, make_profile_type, next_iccid

pytestmark = pytest.mark.django_db


def file_in(folder: Path, name: str, package: bytes) -> Path:
    path = folder / name
    path.write_bytes(package)
    return path


def test_a_file_becomes_an_available_profile_that_nobody_can_read(tmp_path: Path) -> None:
    iccid = next_iccid()
    key = b"a subscriber key"
    package = make_package(iccid, key=key)
    made = import_profiles(
        paths=[file_in(tmp_path, "one.der", package)],
        profile_type=make_profile_type(),
        now=MOMENT,
    )
    assert (made.count, made.refused) == (1, [])
    profile = Profile.objects.get()
    assert (profile.iccid, profile.state, profile.package) == (iccid, "available", package)
    with connection.cursor() as cursor:
        cursor.execute("SELECT package FROM rsp_profile")
        ((stored,),) = cursor.fetchall()
    assert stored.startswith("enc1.")
    assert key not in stored.encode()


def test_many_are_imported_and_those_that_are_none_are_named(tmp_path: Path) -> None:
    there = make_profile().iccid
    paths = [
        file_in(tmp_path, "good.der", make_package(next_iccid())),
        file_in(tmp_path, "there.der", make_package(there)),
        file_in(tmp_path, "text.der", b"no profile"),
        file_in(tmp_path, "other.der", make_package(next_iccid())),
        tmp_path / "missing.der",
    ]
    paths.append(file_in(tmp_path, "twice.der", paths[0].read_bytes()))
    told: list[tuple[int, int]] = []
    made = import_profiles(
        paths=paths,
        profile_type=make_profile_type(),
        now=MOMENT,
        report=lambda done, total: told.append((done, total)),
    )
    assert made.count == 2
    assert {(one.path.name, one.reason) for one in made.refused} == {
        ("there.der", "duplicate"),
        ("text.der", "no_package"),
        ("missing.der", "unreadable"),
        ("twice.der", "duplicate"),
    }
    assert told == [(6, 6)]
    assert Profile.objects.count() == 3


def test_profiles_that_are_made_are_each_their_own() -> None:
    demo = make_profile_type()
    iccids = [*make_profiles(count=2, profile_type=demo, now=MOMENT)]
    iccids += make_profiles(count=1, profile_type=demo, now=MOMENT)
    packages = dict(Profile.objects.values_list("iccid", "package"))
    assert len(set(iccids)) == 3
    assert {iccid: read_iccid(package) for iccid, package in packages.items()} == {
        iccid: iccid for iccid in iccids
    }
    assert len(set(packages.values())) == 3
