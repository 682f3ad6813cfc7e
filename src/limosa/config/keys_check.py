"""Says at the start of a process that a key of its own is missing: it runs, but not well enough."""

import logging

from django.conf import settings

_log = logging.getLogger(__name__)


def warn_of_missing_keys() -> None:
    """Log a warning if texts are sealed under a key that is made from the secret key."""
    if next(iter(settings.SEALING_KEYS)) == settings.STAND_IN_KEY:
        _log.warning(
            "LIMOSA_SEALING_KEYS is not set: activation codes and saved methods are sealed under a "
            "key made from LIMOSA_SECRET_KEY, which then can't be replaced. Set it, then run "
            "`limosa seal rotate`; docs/howto/rotate-keys.md tells how."
        )
