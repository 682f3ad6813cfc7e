"""Refusals of moves. Each text says what to do."""

from datetime import datetime

from limosa.foundation.errors import DomainRefusal


class MoveNotOfferedError(DomainRefusal):
    """The eSIM can't get another profile: its supplier gives none, or no device has it yet."""

    code = "move_not_offered"


class MoveWaitingError(DomainRefusal):
    """The eSIM is being moved already."""

    code = "move_waiting"


class MoveOverError(DomainRefusal):
    """The move has ended, or there is none."""

    code = "move_over"


class TooManyMovesError(DomainRefusal):
    """The eSIM was moved too often lately. `next_at`: when it may be moved again."""

    code = "too_many_moves"

    def __init__(self, next_at: datetime) -> None:
        super().__init__()
        self.next_at = next_at


class NoProfileNowError(DomainRefusal):
    """There is no profile to move to at the moment."""

    code = "no_profile_now"
