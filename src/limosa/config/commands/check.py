"""Look at the settings, the keys, the database and the mail server; say what is wrong.

Changes nothing, sends no mail and takes no money. With --online each payment provider is asked for
a payment that it can't know, which shows whether it takes our credentials, and its clock is
compared with ours. Exit code 1: something would stop the start, or fail later.
"""

import argparse
from collections.abc import Callable, Iterable

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--online", action="store_true", help="ask the payment providers, too")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.conf import settings

    from limosa.config.checks.contents_check import check_contents
    from limosa.config.checks.database_check import check_database
    from limosa.config.checks.finding import Finding
    from limosa.config.checks.outside_check import check_mail, check_providers_online
    from limosa.config.checks.settings_check import check_settings

    checks: dict[str, Callable[[], Iterable[Finding]]] = {
        "settings": check_settings,
        "database": check_database,
        "contents": check_contents,
        "mail": check_mail,
    }
    if arguments.online and settings.PAYMENT_PROVIDERS:
        checks["providers"] = check_providers_online
    has_faults = False
    for name, check in checks.items():
        findings = list(check())
        has_faults |= any(finding.is_fault for finding in findings)
        print(f"{name}: {'ok' if not findings else ''}".rstrip())
        for finding in findings:
            print(f"  {'FAULT' if finding.is_fault else 'warning'}: {finding.text}")
    return int(has_faults)
