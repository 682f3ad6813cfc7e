"""Beside the server: makes a profile and a released order; prints its matching id and ICCID."""

# ruff: noqa: E402, T201 -- Django is set up before its models are imported; it answers in print.

import sys

import django

django.setup()

from django.utils import timezone

from limosa.domain.rsp.engine.order_calls import Caller, Confirmation
from limosa.domain.rsp.models import ProfileType
from limosa.domain.rsp.operations.confirm_download_order import confirm_download_order
from limosa.domain.rsp.operations.make_profiles import make_profiles
from limosa.domain.rsp.operations.order_profile import order_profile


def order(code: str) -> str:
    now = timezone.now()
    kind, _ = ProfileType.objects.get_or_create(
        code="test",
        defaults={
            "name": "Limosa test",
            "service_provider": "Limosa",
            "profile_class": "test",
            "created_at": now,
        },
    )
    (iccid,) = make_profiles(count=1, profile_type=kind, now=now)
    order_profile(caller=Caller(), iccid=iccid, now=now)
    confirmation = Confirmation(code=code)
    made = confirm_download_order(caller=Caller(), iccid=iccid, confirmation=confirmation, now=now)
    return f"{made.matching_id} {iccid}"


if __name__ == "__main__":
    print(order(*sys.argv[1:] or [""]))
