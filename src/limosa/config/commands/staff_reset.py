"""Take away the second step of somebody who lost their phone, passkeys and recovery codes.

When they next open the console, with their password, they are asked to set one up. Be sure that it
is they who ask.
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
    from limosa.domain.support.operations.reset_second_step import reset_second_step

    person = staff_member(arguments.email)
    with refusals_told():
        had_one = reset_second_step(
            person_id=person.pk, actor=None, origin=Origin(), now=timezone.now()
        )
    if had_one:
        print(f"{person.email} is asked to set up a second step when they next open the console.")
    else:
        print(f"{person.email} has no second step; nothing was changed.")
    return 0
