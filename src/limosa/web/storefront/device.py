"""Where a person is, by what their browser says. A wrong guess costs a press, never money."""

import re

from django.http import HttpRequest
from django.utils.translation import gettext

from limosa.domain.payments.requests import Device

_PHONE = re.compile(r"Mobile|Android|iPhone|iPod", re.ASCII)
_WECHAT = "MicroMessenger"
# What a browser's text holds, and whose it is; the first that fits. Most claim to be Safari too.
_BROWSERS = (
    (_WECHAT, "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("MQQBrowser", "QQ Browser"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_of(request: HttpRequest) -> Device:
    """Return the device; WeChat on a desktop counts as a desktop."""
    agent = request.headers.get("User-Agent", "")
    if not _PHONE.search(agent):
        return Device.DESKTOP
    return Device.WECHAT if _WECHAT in agent else Device.PHONE


def is_iphone(request: HttpRequest) -> bool:
    """Whether it is an iPhone, by what the browser says."""
    return "iPhone" in request.headers.get("User-Agent", "")


def device_name(agent: str) -> str:
    """Return Chrome on Windows, in the active language, for what a browser says of itself."""
    browser = _first_of(_BROWSERS, agent)
    system = _first_of(_SYSTEMS, agent)
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Unknown device")


def _first_of(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for sign, name in names if sign in agent), "")
