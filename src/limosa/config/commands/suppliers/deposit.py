"""Record money paid to a supplier.

Books it from our bank account to the supplier's account, once for each reference: repeating the
command does nothing. With --undo, what was recorded by mistake is booked back; such a reference is
not used again.
"""

import argparse
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, add_by, set_up_django

if TYPE_CHECKING:
    from limosa.foundation.amounts import AmountFault


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="the supplier's code, as in the settings")
    parser.add_argument("reference", help="the bank's reference of the transfer")
    parser.add_argument("amount", nargs="?", default="", help="such as 500.00")
    parser.add_argument("currency", nargs="?", default="", help="such as USD")
    parser.add_argument("--undo", action="store_true", help="book it back")
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.staff import refusals_told, staff_member
    from limosa.config.suppliers_told import check_is_set_up
    from limosa.domain.payables.models import REFERENCE_LENGTH_MAX, SupplierDeposit
    from limosa.domain.support.operations.deposit_at_supplier import deposit_at_supplier
    from limosa.domain.support.operations.take_back_deposit import take_back_deposit
    from limosa.foundation.amounts import AmountUnreadableError, read_amount
    from limosa.foundation.currencies import CURRENCIES

    check_is_set_up(arguments.code)
    actor = staff_member(arguments.by) if arguments.by else None
    if arguments.undo:
        known = SupplierDeposit.objects.filter(
            supplier=arguments.code, reference=arguments.reference
        ).first()
        if known is None:
            raise CommandFault(f'nothing is recorded with the reference "{arguments.reference}"')
        with refusals_told():
            is_new = take_back_deposit(deposit_id=known.pk, actor=actor, now=timezone.now())
        print("booked back" if is_new else "it was booked back before; nothing was changed")
        return 0
    currency = arguments.currency.upper()
    if currency not in CURRENCIES:
        raise CommandFault("name the currency after the amount, by three letters of ISO 4217")
    if not 0 < len(arguments.reference) <= REFERENCE_LENGTH_MAX:
        raise CommandFault(f"a reference has 1 to {REFERENCE_LENGTH_MAX} characters")
    try:
        amount = read_amount(arguments.amount, currency=currency)
    except AmountUnreadableError as error:
        raise CommandFault(_told(arguments.amount, error.fault)) from error
    if not amount.amount_minor:
        raise CommandFault("the amount has to be more than zero")
    with refusals_told():
        deposit = deposit_at_supplier(
            supplier_code=arguments.code,
            amount=amount,
            reference=arguments.reference,
            actor=actor,
            now=timezone.now(),
        )
    print("booked" if deposit else "it was booked before; nothing was changed")
    return 0


def _told(text: str, fault: "AmountFault") -> str:
    """Return what is wrong with an amount."""
    from limosa.foundation.amounts import DIGITS_MAX, AmountFault

    match fault:
        case AmountFault.TOO_LONG:
            return f'"{text}" is too large; an amount has at most {DIGITS_MAX} digits in all'
        case AmountFault.DECIMALS:
            return f'"{text}" has more decimals than the currency has'
        case _:
            return f'"{text}" is not an amount; write 500.00'
