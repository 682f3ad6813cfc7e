"""What the pages are that stand alone, for search engines and whoever shares them: each by its name
in the URL table, with the words of its own head."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from limosa.domain.ratings.queries import Published
from limosa.web.storefront.public_pages import About
from limosa.web.wording import countries

_SAID = {
    "home": (
        _("eSIM data, renewed in time"),
        _("eSIM data that you can check before you pay, and renew before it ends."),
    ),
    "device_check": (
        _("Will it work on my device?"),
        _("Our plans need a device that takes eSIMs and is not locked to a carrier."),
    ),
    "advice": (
        _("Which plan do I need?"),
        _("Say where and for how long, and we work out what each plan would cost you."),
    ),
    "ratings": (
        _("Ratings by buyers"),
        _("Only people whose eSIM moved data can rate a network, once for each plan."),
    ),
    "facts": (
        _("What we measure of our own service"),
        _("The last 30 days, computed from our books once an hour. There is no form to edit them."),
    ),
}


def about_page(name: str) -> About:
    """Return what a page is. Raises KeyError for one that is not listed here."""
    title, description = _SAID[name]
    return About(str(title), str(description))


def about_ratings_of(found: Published) -> About:
    """Return what the page of a carrier's ratings in a place is; the demo's are not to be found."""
    place = countries.name(found.country)
    title = gettext("Ratings of %(carrier)s · %(place)s")
    return About(
        title % {"carrier": found.carrier_name, "place": place},
        str(_SAID["ratings"][1]),
        is_indexed=not found.is_demo,
    )
