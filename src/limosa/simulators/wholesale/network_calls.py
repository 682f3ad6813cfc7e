"""What machines of the demo tell: the virtual network what was used, the SM-DP+ what was
downloaded."""

import json

from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.wholesale.es2plus import read_told
from limosa.simulators.wholesale.events import Counted, Events
from limosa.simulators.wholesale.wire import as_json

FEED_PATH = "/feeds/usage"
TOLD_PATH = "/smdp/told"


class NetworkCalls:
    """Answers both."""

    def __init__(self, events: Events) -> None:
        self._events = events

    def add_to(self, routes: Routes) -> None:
        routes.add("POST", FEED_PATH, self._take_records)
        routes.add("POST", TOLD_PATH, self._take_told)

    def _take_records(self, request: Request, _words: dict[str, str]) -> Reply:
        """Take usage records in the form of the product's feed, and answer as it does. An eSIM that
        nobody sold here is `unknown_esim`."""
        try:
            records = json.loads(request.body)["records"]
            results = [self._take_record(one) for one in records]
        except (ValueError, KeyError, TypeError) as error:
            return as_json({"error": str(error)}, status=400)
        return as_json({"results": results})

    def _take_record(self, record: dict[str, object]) -> dict[str, object]:
        volume = int(str(record["uplink_bytes"])) + int(str(record["downlink_bytes"]))
        record_id = str(record["record_id"])
        counted = self._events.take_record(record_id, str(record["iccid"]), volume)
        return {
            "record_id": record_id,
            "status": _status(counted),
            "remaining_bytes": counted.remaining,
            "final_unit_action": "none" if counted.may_use or not counted.is_known else "redirect",
        }

    def _take_told(self, request: Request, _words: dict[str, str]) -> Reply:
        """Take HandleDownloadProgressInfo; of eSIMs that are not ours, too, or it would be told
        forever."""
        try:
            told = read_told(request.body)
        except (ValueError, KeyError, TypeError) as error:
            return as_json({"error": str(error)}, status=400)
        if told.profile:
            self._events.tell_profile(told.iccid, told.profile, eid=told.eid)
        return Reply(204)


def _status(counted: Counted) -> str:
    return "recorded" if counted.is_known else "unknown_esim"
