"""Accounts without postings; for money in them, post an entry through the ledger's operations."""

from typing import Any

from limosa.domain.ledger.models import Account, AccountKind


def make_account(code: str = "clearing:wechatpay:CNY", **fields: Any) -> Account:
    """Return the account of this code; its kind and currency are read from the code."""
    kind, *_, currency = code.split(":")
    defaults = {"kind": AccountKind(kind), "currency": currency, **fields}
    return Account.objects.get_or_create(code=code, defaults=defaults)[0]
