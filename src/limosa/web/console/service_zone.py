"""The console's days and times are those of the service's time zone, whoever looks."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest


def service_zone(request: HttpRequest) -> dict[str, str]:
    """Give templates the zone, to write times in and to name."""
    del request
    return {"service_zone": settings.SERVICE_TIME_ZONE}


def day_zone() -> ZoneInfo:
    """Return the zone in which days begin and end."""
    return ZoneInfo(settings.SERVICE_TIME_ZONE)
