"""Record what the buyer of a batch paid.

Booked once for each reference: repeating the command does nothing. With --back, we paid the buyer
back, for instance for codes that were voided.
"""

import argparse

from limosa.config.command import add_by, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("batch", help="the batch's number, such as B-17")
    parser.add_argument("reference", help="the bank's reference of the transfer")
    parser.add_argument("amount", help="in the batch's currency, such as 500.00")
    parser.add_argument("--back", action="store_true", help="we paid it to the buyer")
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.code_batches import amount_called, batch_called
    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.ledger.queries import balance_of
    from limosa.domain.support.operations.record_codes_paid import record_codes_paid
    from limosa.foundation.money import Money

    batch = batch_called(arguments.batch)
    amount = amount_called(arguments.amount, batch.currency)
    actor = staff_member(arguments.by) if arguments.by else None
    with refusals_told():
        payment = record_codes_paid(
            batch_id=batch.pk,
            amount_minor=-amount.amount_minor if arguments.back else amount.amount_minor,
            reference=arguments.reference,
            actor=actor,
            now=timezone.now(),
        )
    print("booked" if payment else "it was booked before; nothing was changed")
    owed = balance_of(code=f"receivable:{batch.number}:{batch.currency}")
    print(f"the buyer owes {Money(owed, batch.currency).to_decimal()} {batch.currency}")
    return 0
