"""The checks that `limosa web` and `limosa worker` run before they start."""

import logging

from limosa.config.checks.contents_check import check_contents
from limosa.config.checks.database_check import check_database
from limosa.config.checks.finding import Finding, NotCheckedError
from limosa.config.checks.settings_check import check_settings
from limosa.config.command import CommandFault

logger = logging.getLogger(__name__)


def check_before_start() -> None:
    """Log a line for each warning. Raises CommandFault with a line for each fault."""
    faults = []
    found = (*check_settings(), *check_database(may_be_away=True), *_contents())
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
