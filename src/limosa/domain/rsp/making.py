"""Makes profiles of our own network from the generic test profile."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from limosa.domain.rows import insert_row
from limosa.domain.rsp.engine.profile_package import Personal
from limosa.domain.rsp.models import Profile, ProfileState, ProfileType
from limosa.domain.rsp.template import generic_mould
from limosa.foundation.identifiers import make_iccid

_ISSUER = "01998"  # Country code 1 and an issuer number that no real issuer has (ITU-T E.118).
_TEST_NETWORK = "00101"  # MCC 001 is for tests (ITU-T E.212).
_KEY_BYTES = 16


def made_profiles(
    *, count: int, profile_type: ProfileType, state: ProfileState, now: datetime
) -> Iterator[Profile]:
    """Yield profiles of a type as they are stored.

    Each has an ICCID and an IMSI of its own, from a sequence, and random keys (Milenage).
    Raises: IntegrityError if such an ICCID was imported.
    """
    mould = generic_mould()
    for account in _accounts(count):
        iccid = make_iccid(issuer=_ISSUER, account=account)
        personal = Personal(
            iccid=iccid,
            imsi=f"{_TEST_NETWORK}{account:010}",
            key=secrets.token_bytes(_KEY_BYTES),
            opc=secrets.token_bytes(_KEY_BYTES),
        )
        package = mould.cast(personal)
        profile = Profile(
            iccid=iccid,
            profile_type=profile_type,
            state=state.value,
            package=package,
            package_bytes=len(package),
            imported_at=now,
        )
        insert_row(profile)
        yield profile


def _accounts(count: int) -> list[int]:
    """Return numbers that nobody had before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('rsp_account') FROM generate_series(1, %s)", [count])
        return [account for (account,) in cursor.fetchall()]
