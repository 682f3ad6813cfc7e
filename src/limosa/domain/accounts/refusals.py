"""Refusals of PINs, links and attempts. Each text says what to do."""

from datetime import datetime, timedelta

from limosa.foundation.errors import DomainRefusal


class PinMalformedError(DomainRefusal):
    """The text is not six digits."""

    code = "pin_malformed"


class PinTooSimpleError(DomainRefusal):
    """The PIN is one of the most easily guessed."""

    code = "pin_too_simple"


class PinMissingError(DomainRefusal):
    """The person has not set a payment PIN."""

    code = "pin_missing"


class PinAlreadySetError(DomainRefusal):
    """The person already has a payment PIN: it can be changed or reset, not set."""

    code = "pin_already_set"


class PinWrongError(DomainRefusal):
    """The PIN is wrong. `attempts_left`, at least 1, until a pause."""

    code = "pin_wrong"

    def __init__(self, attempts_left: int) -> None:
        super().__init__()
        self.attempts_left = attempts_left


class PinLockedError(DomainRefusal):
    """Too many wrong attempts: no PIN is checked before `until`."""

    code = "pin_locked"

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class NotMeTooLateError(DomainRefusal):
    """The account was locked after the change, or the change has been forgotten."""

    code = "not_me_too_late"


class TriedTooOftenError(DomainRefusal):
    """There were too many attempts: nothing is checked until `wait` has passed."""

    code = "tried_too_often"

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait
