"""Why a PIN, a link or a try is not taken. Each has a text that says what to do."""

from datetime import datetime, timedelta

from limosa.foundation.errors import DomainRefusal


class PinMalformedError(DomainRefusal):
    """The text is not six digits."""

    code = "pin_malformed"


class PinTooSimpleError(DomainRefusal):
    """The PIN is one of those that are tried first."""

    code = "pin_too_simple"


class PinMissingError(DomainRefusal):
    """The person has not set a payment PIN."""

    code = "pin_missing"


class PinAlreadySetError(DomainRefusal):
    """The person has a payment PIN: it is changed or reset, not set."""

    code = "pin_already_set"


class PinWrongError(DomainRefusal):
    """The PIN is not the person's. `tries_left`, at least 1, until a pause."""

    code = "pin_wrong"

    def __init__(self, tries_left: int) -> None:
        super().__init__()
        self.tries_left = tries_left


class PinLockedError(DomainRefusal):
    """Too many wrong tries: no PIN is looked at before `until`."""

    code = "pin_locked"

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class NotMeTooLateError(DomainRefusal):
    """The account was locked since the change, or the change is forgotten."""

    code = "not_me_too_late"


class TriedTooOftenError(DomainRefusal):
    """It was tried so often that it is not looked at for as long as `wait`."""

    code = "tried_too_often"

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait
