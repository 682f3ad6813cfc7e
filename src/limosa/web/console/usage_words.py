"""Words for why a supplier's count of an eSIM's use is not believed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

USAGE_PROBLEMS: dict[str, Promise] = {
    "smaller": _("The count fell, though no new bundle has begun."),
    "unsure": _("The count can be of the bundle that ended, or of the one after it."),
    "total_differs": _("What it counts is not as large as any bundle that we sold."),
    "total_missing": _("Several bundles run, and it doesn't say which of them it counts."),
    "too_much": _("It says that far more was used than there was."),
    "negative": _("It says that less than nothing was used."),
    "ahead": _("It bears a time that is yet to come."),
    "not_told": _("The supplier was asked, and said nothing about this eSIM."),
}


def usage_problem(problem: str) -> Promise | str:
    """Return what is wrong with a count."""
    return USAGE_PROBLEMS.get(problem, problem)
