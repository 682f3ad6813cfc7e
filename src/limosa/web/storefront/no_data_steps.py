"""What to do when an installed eSIM brings no data, device by device.

Names of menus are those that makers document for a recent version. Where one is not known for
sure, the step says what to look for instead. Sources: Apple's support pages on eSIM (HT212780), on
roaming (HT201415) and on APN (HT201699); Google's and Samsung's help for Pixel and Galaxy phones;
HONOR's on mobile data.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from limosa.web.storefront.arrival import Arrival, Roaming
from limosa.web.storefront.device import Platform
from limosa.web.storefront.install_steps import GUIDES, Picture, Step
from limosa.web.wording import formatting

_LINE = _(
    "Open the settings for SIM cards or mobile data. See that this eSIM is switched on, and choose "
    "it for mobile data."
)
_ROAMING = _("Search the settings for “roaming” and turn it on for this eSIM.")
_NETWORK = _(
    "Search the settings for “network operators”. Turn off the automatic choice, and wait for the "
    "list."
)
_ACCESS = _(
    "Search the settings for “APN”. Add one for this eSIM, and leave its other fields empty."
)


@dataclass(frozen=True, slots=True)
class Menus:
    """Where a kind of device has what makes an eSIM work: switched on and chosen for data, roaming,
    the choice of the network, and the access point."""

    line: str | Promise = _LINE
    roaming: str | Promise = _ROAMING
    network: str | Promise = _NETWORK
    access: str | Promise = _ACCESS


MENUS: dict[Platform, Menus] = {
    Platform.IPHONE: Menus(
        line=_(
            "Open Settings, then Cellular (or Mobile Data, Mobile Service). Tap this eSIM and see "
            "that it is switched on. Go back, tap Cellular Data and choose this eSIM."
        ),
        roaming=_("In the same place, tap this eSIM and turn on Data Roaming."),
        network=_(
            "In the same place, tap this eSIM, then Network Selection. Turn off Automatic, and "
            "wait for the list."
        ),
        access=_(
            "In the same place, tap this eSIM, then Cellular Data Network (or Mobile Data "
            "Network). Enter it as the APN under Cellular Data; leave the other fields empty."
        ),
    ),
    Platform.IPAD: Menus(
        line=_(
            "Open Settings, then Cellular Data (or Mobile Data). See that it is switched on, and "
            "that this eSIM is chosen."
        ),
        roaming=_("In the same place, turn on Data Roaming."),
        network=_(
            "In the same place, look for Network Selection. Turn off Automatic, and wait for the "
            "list."
        ),
        access=_(
            "In the same place, look for APN Settings. Enter it as the APN; leave the other "
            "fields empty."
        ),
    ),
    Platform.PIXEL: Menus(
        line=_(
            "Open Settings, then Network & internet, then SIMs. Tap this eSIM, and see that Use "
            "SIM and Mobile data are on."
        ),
        roaming=_("In the same place, turn on Roaming."),
        network=_(
            "In the same place, turn off Automatically select network, and wait for the list."
        ),
        access=_(
            "In the same place, tap Access Point Names, then +. Enter it as the name and as the "
            "APN, leave the other fields as they are, save it and choose it."
        ),
    ),
    Platform.SAMSUNG: Menus(
        line=_(
            "Open Settings, then Connections, then SIM manager. See that this eSIM is switched "
            "on, and choose it for mobile data."
        ),
        roaming=_("Go back to Connections, then Mobile networks, and turn on Data roaming."),
        network=_(
            "In Mobile networks, tap Network operators. Turn off Select automatically, and wait "
            "for the list."
        ),
        access=_(
            "In Mobile networks, tap Access Point Names, then Add. Enter it as the name and as "
            "the APN, leave the other fields as they are, save it and choose it."
        ),
    ),
    Platform.XIAOMI: Menus(),
    Platform.OPPO: Menus(),
    Platform.VIVO: Menus(),
    Platform.HONOR: Menus(),
    Platform.OTHER: Menus(),
}
_ROAMING_IF_NEEDED = _(
    "This eSIM is in its own network here, so roaming can stay off. If nothing else helps, turn it "
    "on: it costs nothing more."
)
_ANY = _("Choose another network than the one of now, and wait a minute for each.")
_RESTART = _(
    "Turn flight mode on, wait a moment, and turn it off. If nothing changes, restart the device."
)


@dataclass(frozen=True, slots=True)
class NoDataGuide:
    """The steps for a kind of device, the likeliest remedy first."""

    platform: Platform
    name: str | Promise
    steps: tuple[Step, ...]


def no_data_guides(arrival: Arrival) -> list[NoDataGuide]:
    """Return the steps for every kind of device that takes our eSIMs."""
    return [
        NoDataGuide(platform, GUIDES[platform].name, tuple(_steps(menus, arrival)))
        for platform, menus in MENUS.items()
    ]


def _steps(menus: Menus, arrival: Arrival) -> Iterator[Step]:
    yield Step(Picture.SETTINGS, menus.line)
    if arrival.roaming is Roaming.ON:
        yield Step(Picture.DATA, menus.roaming)
    yield Step(Picture.RESTART, _RESTART)
    yield Step(Picture.NETWORK, _two(menus.network, _network_text(arrival)))
    if arrival.access.names:
        yield Step(Picture.SETTINGS, _two(menus.access, _access_text(arrival)))
    if arrival.roaming is Roaming.NOT_NEEDED:
        yield Step(Picture.DATA, _ROAMING_IF_NEEDED)


def _network_text(arrival: Arrival) -> str:
    if not arrival.network_names:
        return str(_ANY)
    return gettext("Choose one of these, and wait a minute for each: %(networks)s") % {
        "networks": formatting.enumeration(arrival.network_names)
    }


def _access_text(arrival: Arrival) -> str:
    return gettext("The APN: %(names)s") % {"names": formatting.enumeration(arrival.access.names)}


def _two(first: str | Promise, second: str) -> str:
    return f"{first}{formatting.sentence_gap()}{second}"
