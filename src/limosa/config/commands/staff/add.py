"""Give somebody access to the console.

They are notified by mail. A new person gets a link, printed here once, to set a password within
three days. Somebody who has an account keeps it, with its password; its address must be confirmed.
See docs/howto/work-with-the-console.md#let-somebody-in.
"""

import argparse

from limosa.config.command import CommandFault, set_up_django

ROLES = ("viewer", "support", "finance", "admin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "email",
        metavar="EMAIL",
        help="the person's e-mail address; if they have an account, it must be confirmed",
    )
    parser.add_argument(
        "--role",
        required=True,
        choices=ROLES,
        metavar="ROLE",
        help=f"what they may do: {', '.join(ROLES)}",
    )
    parser.add_argument("--name", default="", help="their name in the console")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.utils import timezone

    from limosa.config.staff import password_link, refusals_told
    from limosa.domain.accounts.models import StaffRole
    from limosa.domain.accounts.origin import Origin
    from limosa.domain.support.operations.add_staff import add_staff

    try:
        validate_email(arguments.email)
    except ValidationError as error:
        raise CommandFault(f"{arguments.email} is not an e-mail address.") from error
    with refusals_told():
        person = add_staff(
            email=arguments.email,
            role=StaffRole(arguments.role),
            name=arguments.name[:60],
            actor=None,
            origin=Origin(),
            now=timezone.now(),
        )
    print(f"{person.email} is now a member of staff, with the role {person.staff_role}.")
    if person.has_usable_password():
        print("They sign in with the password that they have.")
    else:
        print(f"This link sets their password, once, within 3 days:\n\n  {password_link(person)}\n")
    print("A second step for signing in is set up when they first open the console.")
    return 0
