"""How an eSIM is installed, device by device: the steps in words, and which picture shows each.

Names of menus are those that makers document for a recent version. Where one is not known for
sure, the step says what to look for instead. Sources: Apple's support page on eSIM (HT212780);
HONOR's on eSIM (en-us15885764); those of Google and Samsung for Pixel and Galaxy phones.
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.web.storefront.device import Platform

# The pages by which Apple (iOS 17.4 and newer) and Google start the installation on the phone
# itself. Google's opens on the phones that know it; elsewhere nothing happens.
_APPLE_URL = "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata="
_ANDROID_URL = "https://esimsetup.android.com/esim_qrcode_provisioning?carddata="


class Picture(StrEnum):
    """What a step's picture shows (templates/pictures/step.html)."""

    SETTINGS = "settings"
    ADD = "add"
    SCAN = "scan"
    CONFIRM = "confirm"
    DATA = "data"
    NETWORK = "network"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do on the device."""

    picture: Picture
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Guide:
    """How one kind of device installs an eSIM. `cannot`: why it can't; then there are no steps."""

    name: str | Promise
    steps: tuple[Step, ...] = ()
    cannot: str | Promise = ""
    is_tablet: bool = False


_LOOK = _("Choose to add an eSIM, then to scan a QR code.")
_REST = (
    Step(Picture.SCAN, _("Point the camera at the QR code on this page.")),
    Step(
        Picture.CONFIRM,
        _("Confirm, and keep the device online until it says that the eSIM is ready."),
    ),
    Step(
        Picture.DATA,
        _(
            "Choose the new eSIM for mobile data. If no connection comes, turn on data roaming for "
            "this eSIM."
        ),
    ),
)


def _steps(settings: Promise, add: Promise = _LOOK) -> tuple[Step, ...]:
    return (Step(Picture.SETTINGS, settings), Step(Picture.ADD, add), *_REST)


GUIDES: dict[Platform, Guide] = {
    Platform.IPHONE: Guide(
        "iPhone",
        _steps(
            _(
                "Open Settings and tap Cellular. Some iPhones call it Mobile Data or Mobile "
                "Service."
            ),
            _("Tap Add eSIM, then Use QR Code."),
        ),
    ),
    Platform.IPAD: Guide(
        "iPad",
        _steps(_("Open Settings and tap Cellular Data. Some iPads call it Mobile Data.")),
        is_tablet=True,
    ),
    Platform.PIXEL: Guide(
        "Google Pixel",
        _steps(
            _("Open Settings, then Network & internet, then SIMs."),
            _("Tap Add SIM, then choose to set up an eSIM with a QR code."),
        ),
    ),
    Platform.SAMSUNG: Guide(
        "Samsung Galaxy",
        _steps(
            _("Open Settings, then Connections, then SIM manager."),
            _("Tap Add eSIM, then Scan QR code."),
        ),
    ),
    Platform.XIAOMI: Guide(
        "Xiaomi · Redmi · POCO",
        _steps(
            _(
                "Open Settings, then SIM cards & mobile networks. If you don't find eSIM there, "
                "search for it at the top of Settings."
            )
        ),
    ),
    Platform.OPPO: Guide(
        "OPPO",
        _steps(
            _(
                "Open Settings, then Mobile network. If you don't find eSIM there, search for it "
                "at the top of Settings."
            )
        ),
    ),
    Platform.VIVO: Guide(
        "vivo",
        _steps(_("Open Settings and search for eSIM at the top.")),
    ),
    Platform.HONOR: Guide(
        "HONOR",
        _steps(
            _("Open Settings, then Mobile network, then SIM management."),
            _("Tap the second SIM and choose eSIM, then add one by its QR code."),
        ),
    ),
    Platform.APPLE_WATCH: Guide(
        "Apple Watch",
        cannot=_(
            "An Apple Watch can't scan a QR code. It gets an eSIM only through the Watch app of "
            "its iPhone, from a carrier that offers plans for watches. This eSIM is none of those, "
            "so it can't be installed on a watch."
        ),
    ),
    Platform.GALAXY_WATCH: Guide(
        "Galaxy Watch",
        cannot=_(
            "A Galaxy Watch gets an eSIM only through the Galaxy Wearable app of its phone, from a "
            "carrier that offers plans for watches. This eSIM is none of those, so it can't be "
            "installed on a watch."
        ),
    ),
    Platform.OTHER: Guide(
        _("Another device"),
        _steps(
            _(
                "Open the settings for SIM cards or mobile data. If you don't find eSIM there, "
                "search the settings for it."
            )
        ),
    ),
}


def one_tap_url(platform: Platform | None, code: str) -> str:
    """Return the link that installs a code on the device that opens it; empty: there is none."""
    match platform:
        case Platform.IPHONE:
            return _APPLE_URL + quote(code, safe="")
        case None | Platform.IPAD:
            return ""
        case _:
            return _ANDROID_URL + quote(code, safe="")
