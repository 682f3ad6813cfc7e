"""The person's device, guessed from what the browser says. A wrong guess costs a click, never
money.

Chrome on Android names no model in the User-Agent; it does in `Sec-CH-UA-Model`, if a page asks.
"""

import re
from enum import StrEnum

from django.http import HttpRequest, HttpResponse

from limosa.domain.payments.requests import Device

_PHONE = re.compile(r"Mobile|Android|iPhone|iPod", re.ASCII)
_WECHAT = "MicroMessenger"
_MODEL_HINT = "Sec-CH-UA-Model"


class Platform(StrEnum):
    """Devices that install an eSIM in the same way, by maker."""

    IPHONE = "iphone"
    IPAD = "ipad"
    PIXEL = "pixel"
    SAMSUNG = "samsung"
    XIAOMI = "xiaomi"
    OPPO = "oppo"
    VIVO = "vivo"
    HONOR = "honor"
    APPLE_WATCH = "apple-watch"
    GALAXY_WATCH = "galaxy-watch"
    OTHER = "other"


# Names of models, or of the maker's own browser; the first match wins.
_MAKERS = (
    (Platform.PIXEL, re.compile(r"\bPixel\b", re.ASCII)),
    (Platform.SAMSUNG, re.compile(r"\bSM-[A-Z]\d|SamsungBrowser|\bSAMSUNG\b", re.ASCII)),
    (Platform.HONOR, re.compile(r"\bHONOR\b|\bHonor\b|HonorBrowser", re.ASCII)),
    (
        Platform.XIAOMI,
        re.compile(
            r"\bXiaomi\b|MiuiBrowser|\bRedmi\b|\bPOCO\b|\bMIX\b|\bMi \d|"
            r"\bM2\d{3}[A-Z]\d|\b2[0-9]{3,7}[A-Z0-9]{2,6}[CGIYR]\b",
            re.ASCII | re.IGNORECASE,
        ),
    ),
    (Platform.OPPO, re.compile(r"\bCPH\d{4}|\bOPPO\b|HeyTapBrowser|\bP[A-Z]{3}[0-9]0\b", re.ASCII)),
    (Platform.VIVO, re.compile(r"\bvivo\b|VivoBrowser|\bV\d{4}[A-Z]{0,2}\b", re.ASCII)),
)


def device_of(request: HttpRequest) -> Device:
    """Return the device; WeChat on a desktop counts as a desktop."""
    agent = request.headers.get("User-Agent", "")
    if not _PHONE.search(agent):
        return Device.DESKTOP
    return Device.WECHAT if _WECHAT in agent else Device.PHONE


def platform_of(request: HttpRequest) -> Platform | None:
    """Return what kind of phone or tablet the browser runs on; None: it is no such thing.

    An iPad whose browser asks for desktop pages is taken for a Mac, as it wants to be.
    """
    agent = request.headers.get("User-Agent", "")
    if "iPhone" in agent:
        return Platform.IPHONE
    if "iPad" in agent:
        return Platform.IPAD
    if "Android" not in agent:
        return None
    named = f"{agent} {request.headers.get(_MODEL_HINT, '')}"
    return next((maker for maker, sign in _MAKERS if sign.search(named)), Platform.OTHER)


def ask_for_model(answer: HttpResponse) -> None:
    """Have the browser name its model from the next request on, or repeat this one with it."""
    for header in ("Accept-CH", "Critical-CH"):
        answer[header] = _MODEL_HINT
    answer["Vary"] = ", ".join(filter(None, [answer.get("Vary", ""), _MODEL_HINT]))
