"""The SDK's calls as we use them: JSON out, and one kind of error.

The SDK raises one error per kind of refusal, whose text may contain what was sent; the errors
raised here have only the status and Stripe's code.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import stripe

from limosa.domain.payments.message_refusals import understood_reply
from limosa.domain.payments.providers.stripe import wire
from limosa.domain.payments.providers.stripe.account import Account
from limosa.domain.payments.providers.stripe.connection import RETRIES_MAX, Connection
from limosa.foundation.errors import ProviderError

# The API version that wire.py is written for, whatever the account's own or the SDK's default is.
API_VERSION = "2026-10-28.endive"
NOT_FOUND = 404
# The key is wrong or lacks the permission, which the operator has to fix.
UNAUTHORIZED = frozenset({401, 403})
# 409: the same call is in progress. 429: too many calls.
ASK_LATER = UNAUTHORIZED | {409, 429}
PAGE_ROWS = 100
PAGES_MAX = 100_000
_CODE = re.compile(r"[a-z_]{1,60}", re.ASCII)


class NotFoundError(ProviderError):
    """Stripe itself says that there is no such object."""


class Calls:
    """Makes calls for one account. Thread-safe.

    Every call raises ProviderError. Not retryable: Stripe understood and refused. Retryable: there
    was no answer, it was not in the documented format, or it says to retry later.
    """

    def __init__(self, account: Account) -> None:
        self.connection = Connection()
        self._is_live = account.is_live
        client = stripe.StripeClient(
            account.secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": account.api_url},
            max_network_retries=RETRIES_MAX,
            http_client=self.connection,
        )
        self.api = client.v1

    def ask(
        self,
        call: Callable[..., stripe.StripeObject],
        *words: str,
        params: Mapping[str, Any],
        key: str = "",
    ) -> wire.Fields:
        """Return the object returned by a call of the SDK. `key`: its idempotency key."""
        try:
            answer = call(*words, dict(params), {"idempotency_key": key} if key else {})
        except stripe.APIConnectionError as error:
            raise ProviderError(error.user_message or "no answer", retryable=True) from None
        except stripe.StripeError as error:
            # Not chained: the SDK's error holds the reply, and its text may contain what was sent.
            raise _provider_error(error) from None
        fields: dict[str, Any] = answer.to_dict()
        if "livemode" in fields:
            with understood_reply():
                wire.check_mode(fields, is_live=self._is_live)
        return fields

    def all(
        self, call: Callable[..., stripe.StripeObject], *, params: Mapping[str, Any]
    ) -> Iterator[wire.Fields]:
        """Yield all objects of a list, page by page."""
        asked = {**params, "limit": PAGE_ROWS}
        for _ in range(PAGES_MAX):
            with understood_reply():
                rows, has_more = wire.read_page(self.ask(call, params=asked))
            yield from rows
            if not has_more:
                return
            with understood_reply():
                asked["starting_after"] = wire.read_id(rows[-1])
        raise ProviderError("a list without end", retryable=False)


def _provider_error(error: stripe.StripeError) -> ProviderError:
    status = error.http_status or 0
    body = error.json_body if isinstance(error.json_body, dict) else {}
    said = body.get("error", {})
    words = [str(said.get(name) or "") for name in ("code", "decline_code", "type")]
    code = next((word for word in words if _CODE.fullmatch(word)), "")
    message = f"HTTP {status} {code}".rstrip()
    if status == NOT_FOUND and code == "resource_missing":
        return NotFoundError(message, retryable=False)
    return ProviderError(
        message,
        retryable=status >= 500 or status in ASK_LATER,
        is_unauthorized=status in UNAUTHORIZED,
    )
