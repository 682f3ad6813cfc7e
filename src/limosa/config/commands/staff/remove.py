"""Revoke somebody's access to the console at once.

They keep their account as a subscriber. The last admin can't be removed.
"""

import argparse

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the person's e-mail address")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.accounts.origin import Origin
    from limosa.domain.support.operations.remove_staff import remove_staff

    person = staff_member(arguments.email)
    with refusals_told():
        remove_staff(person_id=person.pk, actor=None, origin=Origin(), now=timezone.now())
    print(f"{person.email} is no longer a member of staff.")
    return 0
