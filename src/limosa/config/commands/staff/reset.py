"""Remove the second step of somebody who has lost it.

For somebody who has lost their phone, passkeys and recovery codes. They are notified by mail. When
they next open the console, with their password, they are asked to set up a new one. This is
recorded. Make sure that the request really comes from them.
"""

import argparse

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the person's e-mail address")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.db import transaction
    from django.utils import timezone

    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.accounts.origin import Origin
    from limosa.domain.support.operations.reset_second_step import reset_second_step
    from limosa.web.storefront.account_mail import leave_mail

    person = staff_member(arguments.email)
    now = timezone.now()
    with refusals_told(), transaction.atomic():
        had_one = reset_second_step(person_id=person.pk, actor=None, origin=Origin(), now=now)
        if had_one:
            told = {"user": person}
            leave_mail("mfa/email/second_step_reset", recipient=person.email, context=told, now=now)
    if had_one:
        print(f"{person.email} is asked to set up a second step when they next open the console.")
    else:
        print(f"{person.email} has no second step; nothing was changed.")
    return 0
