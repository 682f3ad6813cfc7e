"""Why an automatic renewal is not switched on or changed. Each has a translated text."""

from limosa.foundation.errors import DomainRefusal


class AutoRenewalNotOfferedError(DomainRefusal):
    """The eSIM can't be renewed by itself: its plan is gone, its carrier would begin the next one
    at once, or no method can be charged."""

    code = "auto_renewal_not_offered"


class AutoRenewalOnError(DomainRefusal):
    """It was switched on at this moment by another press."""

    code = "auto_renewal_on"


class AutoRenewalOffError(DomainRefusal):
    """It is off already."""

    code = "auto_renewal_off"


class NothingToSkipError(DomainRefusal):
    """No renewal is due, or it has been paid already."""

    code = "nothing_to_skip"


class UndoOverError(DomainRefusal):
    """The time to undo is over, or there is nothing to undo."""

    code = "undo_over"
