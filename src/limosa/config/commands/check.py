"""Check settings, database, keys, the SM-DP+ and mail.

Checks the settings (unknown names, weak keys, URLs, files and folders, payment providers and
suppliers that are only partly set up, with where to get what is missing), the database (reachable,
new enough, its schema, its clock), its contents (whether the keys decrypt them, a tax rate for the
place of supply, whether the suppliers of what is on sale are set up, and our balances there), the
certificates of the SM-DP+, if there is one (issuers, keys, dates, the names and the key of the one
for TLS), and the mail server. Reports each problem on one line; exits with 1 if there is a fault.
Changes nothing, sends no mail and takes no money.

`limosa web` and `limosa worker` check the first three when they start: a fault ends them, a warning
is logged. A supplier that is not set up is only a warning there, since its plans are not offered. A
database server that does not answer is a fault here, while they wait for it. One that rejects us
ends them, too. `limosa smdp` checks its certificates as well.
"""

import argparse
from collections.abc import Callable, Iterable

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--online",
        action="store_true",
        help="query each payment provider about a payment that can't exist, which shows whether it "
        "accepts our credentials, and compare its clock with ours: a difference of more than 30 "
        "seconds is a warning, of more than 5 minutes a fault; and ask each supplier for our "
        "balance or the first page of its price list",
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.conf import settings

    from limosa.config.checks.contents_check import check_contents
    from limosa.config.checks.database_check import check_database
    from limosa.config.checks.finding import Finding, NotCheckedError
    from limosa.config.checks.outside_check import check_mail, check_providers_online
    from limosa.config.checks.settings_check import check_settings
    from limosa.config.checks.smdp_check import check_smdp
    from limosa.config.checks.suppliers_check import check_suppliers_online
    from limosa.config.redaction import Redaction

    checks: dict[str, Callable[[], Iterable[Finding]]] = {
        "settings": check_settings,
        "database": check_database,
        "contents": check_contents,
        "SM-DP+": check_smdp,
        "mail": check_mail,
    }
    if arguments.online and settings.PAYMENT_PROVIDERS:
        checks["providers"] = check_providers_online
    if arguments.online:
        checks["suppliers"] = check_suppliers_online
    redaction, has_faults = Redaction(settings.SECRET_TEXTS), False
    for name, check in checks.items():
        try:
            findings = list(check())
        except NotCheckedError:
            print(f"{name}: not checked")
            continue
        has_faults |= any(finding.is_fault for finding in findings)
        print(f"{name}: {'ok' if not findings else ''}".rstrip())
        for finding in findings:
            blotted = redaction.without_secrets if finding.is_ours else redaction.blotted
            text = blotted(finding.text)  # It may quote a library's error.
            print(f"  {'FAULT' if finding.is_fault else 'warning'}: {text}")
    return int(has_faults)
