"""For whom a plan is, in one line."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from limosa.domain.shelf.engine.suiting import Stay, Suits, Use

USES: dict[Use, Promise] = {
    Use.MAPS: _("For maps and messages"),
    Use.SOCIAL: _("For maps, messages and social media"),
    Use.SOME_VIDEO: _("For social media and some video"),
    Use.MUCH_VIDEO: _("For video every day"),
    Use.UNCOUNTED: _("For video every day without counting"),
}
# The same, as answers to what somebody wants the data for.
PURPOSES: dict[Use, Promise] = {
    Use.MAPS: _("Maps and messages"),
    Use.SOCIAL: _("Maps, messages and social media"),
    Use.SOME_VIDEO: _("Social media and some video"),
    Use.MUCH_VIDEO: _("Video every day"),
}
STAYS: dict[Stay, Promise] = {
    Stay.DAYS: _("a few days"),
    Stay.WEEK: _("about a week"),
    Stay.FORTNIGHT: _("about two weeks"),
    Stay.MONTH: _("about a month"),
    Stay.MONTHS: _("several months"),
    Stay.YEAR: _("about a year"),
}


def for_whom(found: Suits) -> str:
    """Return For maps and messages, about a week."""
    said = {"use": USES[found.use], "stay": STAYS[found.stay]}
    return gettext("%(use)s, %(stay)s") % said
