"""Profile types, profiles and their orders."""

from functools import cache
from itertools import count
from typing import Any

from limosa.domain.rsp.engine.profile_package import Personal, personalize
from limosa.domain.rsp.models import DownloadOrder, Profile, ProfileType
from limosa.domain.rsp.template import generic_test_profile
from limosa.foundation.identifiers import make_iccid, random_code
from tests.factories import MOMENT

EID = "89049032123451234512345678901235"
OTHER_EID = "89049032123451234512345678901267"
_numbers = count(1)


def next_iccid() -> str:
    """Return an ICCID that no other profile of the tests has."""
    return make_iccid(issuer="01997", account=next(_numbers))


def make_package(iccid: str = "", **personal: Any) -> bytes:
    """Return the generic test profile with this ICCID, or with its own."""
    if not iccid:
        return generic_test_profile()
    personal.setdefault("imsi", "001010000000001")
    personal.setdefault("key", bytes(range(16)))
    personal.setdefault("opc", bytes(range(16, 32)))
    return personalize(generic_test_profile(), Personal(iccid=iccid, **personal))


def make_profile_type(code: str = "demo", **fields: Any) -> ProfileType:
    """Return the profile type with a code; it is made once."""
    defaults = {
        "name": "Limosa Demo",
        "service_provider": "Limosa",
        "created_at": MOMENT,
    }
    found, _ = ProfileType.objects.get_or_create(code=code, defaults=defaults | fields)
    return found


@cache
def _small_package() -> bytes:
    return make_package(next_iccid())


def make_profile(**fields: Any) -> Profile:
    """Return an available profile, of the demo's type unless told. Its package may name another."""
    fields.setdefault("iccid", next_iccid())
    fields.setdefault("package", _small_package())
    fields.setdefault("package_bytes", len(fields["package"]))
    fields.setdefault("imported_at", MOMENT)
    if "profile_type" not in fields:
        fields["profile_type"] = make_profile_type()
    return Profile.objects.create(**fields)


def make_download_order(**fields: Any) -> DownloadOrder:
    """Return a released order that anybody may download once, by a matching id of its own."""
    if "profile" not in fields:
        fields["profile"] = make_profile(state="ordered")
    state = fields.setdefault("state", "released")
    if state not in {"allocated", "linked"}:
        fields.setdefault("matching_id", random_code(20))
    if state in {"downloaded", "installed"}:
        fields.setdefault("bound_eid", fields.get("eid") or EID)
        fields.setdefault("downloads", 1)
    fields.setdefault("ordered_at", MOMENT)
    fields.setdefault("changed_at", MOMENT)
    return DownloadOrder.objects.create(**fields)
