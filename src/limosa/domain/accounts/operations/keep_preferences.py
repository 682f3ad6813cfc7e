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
)


def keep_preferences(*, person: Subscriber, names: Collection[str]) -> None:
    """Store some of what a person chose for themselves, as it stands on `person`.

    `names`: which. Nothing else of the row is written, so this decides no role, sign-in or money.
    The values have been checked by the form that took them. One UPDATE.
    Raises: ValueError for what is no preference; nothing changed.
    """
    if others := set(names).difference(PREFERENCES):
        raise ValueError(f"no preferences: {', '.join(sorted(others))}")
    person.save(update_fields=names)
