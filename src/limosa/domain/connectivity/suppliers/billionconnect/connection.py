"""Carries calls to BillionConnect: one URL, told apart by their `tradeType`."""

from datetime import datetime
from typing import Any

from limosa.domain.connectivity.suppliers.billionconnect import wire
from limosa.domain.connectivity.suppliers.billionconnect.account import Account
from limosa.domain.connectivity.unsent import fault_of
from limosa.domain.http.messages import REPLY_BYTES_MAX, MessageLine

LIST_BYTES_MAX = 32 * 1024 * 1024  # Ours: twenty thousand products, with all their countries.


class Connection:
    """Keeps connections to it. May be shared between threads."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._line = MessageLine()

    def ask(
        self, trade: str, content: Any, *, now: datetime, bytes_max: int = REPLY_BYTES_MAX
    ) -> Any:
        """Return the `tradeData` of an answer.

        Raises TradeRefusedError: it was understood and refused. ProviderError: nobody knows; or
        NotReachedError.
        """
        body = wire.envelope(trade, content, now=now)
        reply = self._line.ask(
            "POST",
            self._account.url,
            body,
            headers={
                "content-type": "application/json;charset=UTF-8",
                "x-channel-id": self._account.app_key,
                "x-sign-method": "md5",
                "x-sign-value": wire.sign(self._account.app_secret, body),
            },
            bytes_max=bytes_max,
        )
        if reply.status != 200:
            raise fault_of(reply)
        return wire.trade_data(reply.body)
