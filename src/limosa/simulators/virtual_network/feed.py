"""The client of the product's usage feed: posts records, and reads the answer to each."""

import http.client
import json
from typing import Protocol
from urllib.parse import urlsplit

from limosa.simulators.virtual_network.records import Answer, UsageRecord

FEED_NAME = "virtual-network"
ANSWER_SECONDS_MAX = 5.0
_ACTIONS = {"none", "redirect", "throttle"}
_UNKNOWN = "unknown_esim"
_TAKEN = {"recorded", "duplicate", "answered"}
_STATUSES = {*_TAKEN, _UNKNOWN, "invalid"}


class FeedError(Exception):
    """Nothing was acknowledged; the text says why. The same records have to be sent again."""


class Feed(Protocol):
    """Where usage is reported."""

    def report(self, records: list[UsageRecord]) -> list[Answer]:
        """Report records; return an answer for each that was acknowledged, in order.

        Raises FeedError.
        """


class UsageFeed:
    """A usage feed at a URL, with its key."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self._key = url, key

    def report(self, records: list[UsageRecord]) -> list[Answer]:
        """Report records; return an answer for each that was acknowledged, in order.

        Raises FeedError.
        """
        content = {"feed": FEED_NAME, "records": [one.as_json() for one in records]}
        status, body = self._post(json.dumps(content).encode())
        if status != 200:
            raise FeedError(f"status {status}")
        try:
            results = json.loads(body)["results"]
            answers = [_answer(one) for one in results]
        except (ValueError, KeyError, TypeError) as error:
            raise FeedError(f"an answer of another form: {error}") from error
        by_record = {one.record_id: one for one in answers}
        return [by_record[one.record_id] for one in records if one.record_id in by_record]

    def _post(self, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS_MAX)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        try:
            connection.request("POST", parts.path or "/", body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise FeedError(f"no answer: {type(error).__name__}") from error
        finally:
            connection.close()


class SuppliersFirst:
    """The feed of suppliers for their eSIMs, and the product's for all others.

    What the product has taken before is not a supplier's, so these are not asked again.
    """

    def __init__(self, suppliers: Feed, product: Feed) -> None:
        self._suppliers, self._product = suppliers, product
        self._of_product: set[str] = set()

    def report(self, records: list[UsageRecord]) -> list[Answer]:
        """Report records; return an answer for each that was acknowledged, in order.

        Raises FeedError: suppliers may have counted theirs, and know the records again.
        """
        unsure = [one for one in records if one.iccid not in self._of_product]
        theirs = {
            one.record_id: one
            for one in (self._suppliers.report(unsure) if unsure else [])
            if one.status != _UNKNOWN
        }
        rest = [one for one in records if one.record_id not in theirs]
        answers = theirs | {
            one.record_id: one for one in (self._product.report(rest) if rest else [])
        }
        self._of_product |= {
            one.iccid
            for one in rest
            if one.record_id in answers and answers[one.record_id].status in _TAKEN
        }
        return [answers[one.record_id] for one in records if one.record_id in answers]


def _answer(result: dict[str, object]) -> Answer:
    if result["status"] == "invalid":  # Such an answer says nothing about the eSIM.
        return Answer(str(result["record_id"]), "invalid", None, "none")
    remaining = result["remaining_bytes"]
    if remaining is not None and type(remaining) is not int:
        raise ValueError(f"remaining_bytes {remaining!r}")
    action, status = str(result["final_unit_action"]), str(result["status"])
    if action not in _ACTIONS or status not in _STATUSES:
        raise ValueError(f"{status!r}, {action!r}")
    return Answer(str(result["record_id"]), status, remaining, action)
