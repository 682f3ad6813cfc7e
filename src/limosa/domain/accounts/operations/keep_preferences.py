from collections.abc import Collection

from limosa.domain.accounts.models import Subscriber

PREFERENCES = (
    "language",
    "time_zone",
    "country",
    "currency",
    "unapplied_funds",
    "usage_thresholds",
    "days_before_end",
    "rating_mail",
)


def keep_preferences(*, person: Subscriber, names: Collection[str]) -> None:
    """Store some of a person's preferences, as set on `person`.

    `names`: which ones. Nothing else of the row is written, so roles, sign-in and money are
    unaffected. The form has validated the values. One UPDATE.
    Raises: ValueError for a name that is not a preference; nothing changed.
    """
    if others := set(names).difference(PREFERENCES):
        raise ValueError(f"no preferences: {', '.join(sorted(others))}")
    person.save(update_fields=names)
