"""List all staff, with role and last sign-in."""

import argparse

from limosa.config.command import set_up_django


def run(_arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.accounts.models import Subscriber

    rows = [("E-MAIL", "ROLE", "NAME", "LAST SIGN-IN (UTC)")]
    for person in Subscriber.objects.exclude(staff_role="").order_by("id"):
        seen = f"{person.last_login:%Y-%m-%d %H:%M}" if person.last_login else "never"
        rows.append((person.email, person.staff_role, person.display_name, seen))
    if len(rows) == 1:
        print("Nobody. Add the first one: limosa staff add EMAIL --role admin")
        return 0
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    return 0
