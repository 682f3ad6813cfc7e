"""Have a profile type that orders can name."""

from datetime import datetime

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.models import ProfileType
from limosa.domain.rsp.operations.set_profile_type import ProfileTypeFields
from limosa.domain.rsp.queries import profile_type_of


def ensure_profile_type(
    *, codes: list[str], fields: ProfileTypeFields, now: datetime
) -> ProfileType:
    """Return the type with the first of some codes that there is; make the last, if there is none.

    `fields`: of the type that is made, which has to be valid (set_profile_type). Commits with the
    caller's transaction.
    """
    kind = profile_type_of(codes)
    if kind is not None:
        return kind
    made = ProfileType(code=codes[-1], created_at=now, **fields.values)
    # Two that make it at once both get the first one's.
    return made if insert_row_once(made) else ProfileType.objects.get(code=made.code)
