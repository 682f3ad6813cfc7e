"""Words for ratings: what is asked, why one does not count, and the figures."""

from datetime import date

from babel.dates import format_skeleton
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from limosa.web.wording import formatting

QUESTIONS: dict[str, Promise] = {
    "overall": pgettext_lazy("rating", "Overall"),
    "speed": _("Speed as it felt"),
    "coverage": _("Coverage"),
    "setup": _("Setting up"),
    "help": _("Our help"),
}
# What stands at both ends of a scale.
ENDS: dict[str, tuple[Promise, Promise]] = {
    "speed": (_("slow"), _("fast")),
    "coverage": (_("often gone"), _("always there")),
    "setup": (_("hard"), _("easy")),
    "help": (_("poor"), _("good")),
}
STANDINGS: dict[str, Promise] = {
    "new": _("not counted yet"),
    "counts": _("counted"),
    "free": _("not counted: the plan was free"),
    "refunded": _("not counted: the order was refunded"),
    "disputed": _("not counted: the payment is disputed"),
    "staff": _("not counted: written by our staff"),
    "partner": _("not counted: written by a partner"),
    "repeated": _("not counted: a newer one of the same person counts"),
    "ring": _("held back: several accounts seem to belong to one person"),
    "burst": _("held back: too many at once"),
    "excluded": _("not counted: taken out by moderation"),
}
COMMENT_STATES: dict[str, Promise] = {
    "none": _("no comment"),
    "shown": pgettext_lazy("comment", "shown"),
    "reported": pgettext_lazy("comment", "reported"),
    "kept": pgettext_lazy("comment", "reviewed and shown"),
    "hidden": pgettext_lazy("comment", "hidden"),
}


def score(thousandths: int) -> str:
    """Return 4.3 for 4,260 thousandths, with the language's decimal sign."""
    return formatting.tenths(thousandths / 1000)


def month(first_day: date) -> str:
    """Return November 2026."""
    return str(format_skeleton("yMMMM", first_day, locale=formatting.locale()))
