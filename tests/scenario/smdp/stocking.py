"""Beside the server: makes profiles of a type; prints their ICCIDs."""

# ruff: noqa: E402, T201 -- Django is set up before its models are imported; it answers in print.

import json
import sys

import django

django.setup()

from django.utils import timezone

from limosa.domain.rsp.models import ProfileType
from limosa.domain.rsp.operations.make_profiles import make_profiles

if __name__ == "__main__":
    now = timezone.now()
    kind, _ = ProfileType.objects.get_or_create(
        code=sys.argv[2],
        defaults={
            "name": "Limosa test",
            "service_provider": "Limosa",
            "profile_class": "test",
            "created_at": now,
        },
    )
    print(json.dumps(list(make_profiles(count=int(sys.argv[1]), profile_type=kind, now=now))))
