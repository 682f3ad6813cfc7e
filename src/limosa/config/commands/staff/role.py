"""Change the role of a member of the staff.

The last admin stays an admin.
"""

import argparse

from limosa.config.command import set_up_django
from limosa.config.commands.staff.add import ROLES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the person's e-mail address")
    parser.add_argument(
        "role", metavar="ROLE", choices=ROLES, help=f"what they may do: {', '.join(ROLES)}"
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.accounts.models import StaffRole
    from limosa.domain.accounts.origin import Origin
    from limosa.domain.support.operations.change_staff_role import change_staff_role

    person = staff_member(arguments.email)
    with refusals_told():
        changed = change_staff_role(
            person_id=person.pk,
            role=StaffRole(arguments.role),
            actor=None,
            origin=Origin(),
            now=timezone.now(),
        )
    when = "now" if changed else "already"
    print(f"{person.email} {when} has the role {arguments.role}.")
    return 0
