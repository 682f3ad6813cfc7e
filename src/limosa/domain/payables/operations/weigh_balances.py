"""Compare the balances that were told with the settings of now."""

from limosa.domain.payables.models import SupplierAccount
from limosa.domain.payables.queries import warning_of


def weigh_balances() -> None:
    """Note of each account whether its balance, as last told, is too low by the settings of now;
    no supplier is asked. Repeating it changes nothing.

    Locks: the rows that change, by the UPDATE, which leaves out one that was told meanwhile.
    """
    for account in SupplierAccount.objects.exclude(read_at=None):
        warning = warning_of(account)
        if warning != account.warning:
            rows = SupplierAccount.objects.filter(pk=account.pk, read_at=account.read_at)
            rows.update(warning=warning)
