"""The worker's periodic job for bonuses."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.wallets.operations.expire_bonuses import expire_bonuses

_MOST = 500


@app.periodic(cron="* * * * *")
@app.task(name="wallets.expire_bonuses", queueing_lock="wallets.expire_bonuses", lock="bonuses")
def expire(timestamp: int) -> None:
    """Take back what is left of bonuses whose time is over."""
    while expire_bonuses(now=timezone.now(), most=_MOST) == _MOST:
        pass
