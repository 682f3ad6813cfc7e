"""Which days a use belongs to that is known only from two counts."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS_MAX = 31


def days_of_use(
    *, used_bytes: int, since: datetime | None, until: datetime, time_zone: str
) -> dict[date, int]:
    """Return bytes by local day, evenly over the time between the two counts.

    `since` None, or more than a month ago: all on the last day. Their sum is `used_bytes`.
    """
    zone = ZoneInfo(time_zone)
    last = until.astimezone(zone).date()
    if since is None or since >= until or until - since > timedelta(days=_DAYS_MAX):
        return {last: used_bytes}
    shares: dict[date, int] = {}
    day, given = since.astimezone(zone).date(), 0
    while day <= last:
        end = datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)
        so_far = used_bytes * ((min(end, until) - since) / (until - since))
        upto = used_bytes if day == last else min(int(so_far), used_bytes)
        if upto > given:
            shares[day] = upto - given
        given = max(upto, given)
        day += timedelta(days=1)
    return shares
