"""Why a rating, a report or a reply is refused."""

from limosa.foundation.errors import DomainRefusal


class RatingNotOpenError(DomainRefusal):
    """The bundle's buyer was not asked, or so long ago that the time to rate it is over."""

    code = "rating_not_open"


class NoDataMovedError(DomainRefusal):
    """No data of this bundle is in our tables, so there is nothing to rate."""

    code = "no_data_moved"


class PlaceNotCoveredError(DomainRefusal):
    """The plan is not for this place."""

    code = "place_not_covered"


class CommentNotShownError(DomainRefusal):
    """There is no comment to report, or it is one's own."""

    code = "comment_not_shown"


class NothingBoughtError(DomainRefusal):
    """Only people who have paid for a plan report comments."""

    code = "nothing_bought"


class TooManyReportsError(DomainRefusal):
    """As many comments as one person may have out of sight at once wait for staff."""

    code = "too_many_reports"


class CommentChangedError(DomainRefusal):
    """The writer has changed the comment since staff read it."""

    code = "comment_changed"
