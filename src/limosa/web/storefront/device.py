"""The person's device, guessed from the User-Agent. A wrong guess costs a click, never money."""

import re

from django.http import HttpRequest

from limosa.domain.payments.requests import Device

_PHONE = re.compile(r"Mobile|Android|iPhone|iPod", re.ASCII)
_WECHAT = "MicroMessenger"


def device_of(request: HttpRequest) -> Device:
    """Return the device; WeChat on a desktop counts as a desktop."""
    agent = request.headers.get("User-Agent", "")
    if not _PHONE.search(agent):
        return Device.DESKTOP
    return Device.WECHAT if _WECHAT in agent else Device.PHONE


def is_iphone(request: HttpRequest) -> bool:
    """Whether it is an iPhone, according to the User-Agent."""
    return "iPhone" in request.headers.get("User-Agent", "")
