"""What `limosa web` and `limosa worker` look at before they start."""

import logging

from limosa.config.checks.database_check import check_database
from limosa.config.checks.settings_check import check_settings
from limosa.config.command import CommandFault

logger = logging.getLogger(__name__)


def check_before_start() -> None:
    """Log a line for each warning. Raises CommandFault with a line for each fault."""
    faults = []
    for finding in (*check_settings(), *check_database(may_be_away=True)):
        if finding.is_fault:
            faults.append(finding.text)
        else:
            logger.warning("%s", finding.text)
    if faults:
        raise CommandFault("\n".join(faults))
