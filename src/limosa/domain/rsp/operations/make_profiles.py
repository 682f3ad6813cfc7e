"""Make profiles of our own network."""

import secrets
from datetime import datetime

from django.db import connection, transaction

from limosa.domain.rows import insert_row
from limosa.domain.rsp.engine.profile_package import Personal, personalize
from limosa.domain.rsp.models import Profile, ProfileType
from limosa.domain.rsp.template import generic_test_profile
from limosa.foundation.identifiers import make_iccid

# Country code 1 and an issuer number that no real issuer has (ITU-T E.118 list); another than that
# of the eSIMs which have no profile to download.
_ISSUER = "01998"
_TEST_NETWORK = "00101"  # MCC 001 is for tests (ITU-T E.212).
_KEY_BYTES = 16


@transaction.atomic
def make_profiles(*, count: int, profile_type: ProfileType, now: datetime) -> list[str]:
    """Make available profiles of a type from the generic test profile; return their ICCIDs.

    Each has an ICCID and an IMSI of its own, from a sequence, and random keys (Milenage). One
    transaction.
    Raises: IntegrityError if such an ICCID was imported; nothing changed.
    """
    template = generic_test_profile()
    made = []
    for account in _accounts(count):
        iccid = make_iccid(issuer=_ISSUER, account=account)
        personal = Personal(
            iccid=iccid,
            imsi=f"{_TEST_NETWORK}{account:010}",
            key=secrets.token_bytes(_KEY_BYTES),
            opc=secrets.token_bytes(_KEY_BYTES),
        )
        package = personalize(template, personal)
        insert_row(
            Profile(
                iccid=iccid,
                profile_type=profile_type,
                package=package,
                package_bytes=len(package),
                imported_at=now,
            )
        )
        made.append(iccid)
    return made


def _accounts(count: int) -> list[int]:
    """Return numbers that nobody had before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('rsp_account') FROM generate_series(1, %s)", [count])
        return [account for (account,) in cursor.fetchall()]
