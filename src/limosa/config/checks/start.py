"""The checks that `limosa web`, `limosa worker` and `limosa smdp` run before they start."""

import logging
from collections.abc import Iterable

from limosa.config.checks.contents_check import check_contents
from limosa.config.checks.database_check import check_database
from limosa.config.checks.finding import Finding, NotCheckedError
from limosa.config.checks.settings_check import check_settings
from limosa.config.checks.smdp_check import check_smdp
from limosa.config.command import CommandFault

logger = logging.getLogger(__name__)


def check_before_start() -> None:
    """Log a line for each warning. Raises CommandFault with a line for each fault."""
    _tell((*check_settings(), *check_database(may_be_away=True), *_contents()))


def check_smdp_before_start(*, is_with_tls: bool) -> None:
    """Look at the certificates of the SM-DP+, which has to be set up, as `check_before_start` does.

    Raises CommandFault with a line for each fault.
    """
    _tell(check_smdp(is_needed=True, is_with_tls=is_with_tls))


def _tell(found: Iterable[Finding]) -> None:
    faults = []
    for finding in found:
        if finding.is_fault:
            faults.append(finding.text)
        else:
            logger.warning("%s", finding.text)
    if faults:
        raise CommandFault("\n".join(faults))


def _contents() -> list[Finding]:
    try:
        return check_contents(is_start=True)
    except NotCheckedError:
        return []
