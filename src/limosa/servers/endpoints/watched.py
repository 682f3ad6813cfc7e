"""What pages may watch: each kind of topic, with its path and what is sent."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core import signing
from django.db import close_old_connections

from limosa.domain.watching import watched_topic
from limosa.servers.endpoints import esim_events, order_events
from limosa.servers.events import Snapshot


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of topic. `look`: reads what is sent."""

    path: str
    look: Callable[[str], Snapshot | None]


KINDS = {
    "order": Kind(order_events.PATH, order_events.order_snapshot),
    "esim": Kind(esim_events.PATH, esim_events.esim_snapshot),
}


def permitted_topic(path: str, token: str) -> str | None:
    """Return the topic for a path with a token that allows it; None for any other."""
    try:
        topic = watched_topic(token)
    except signing.BadSignature:
        return None
    name, _, key = topic.partition(":")
    kind = KINDS.get(name)
    return topic if kind is not None and path == kind.path + key else None


def snapshot(topic: str) -> Snapshot | None:
    """Read what is to be sent of a topic; None if there is none. To be called in its own thread."""
    close_old_connections()
    kind = KINDS.get(topic.partition(":")[0])
    return kind.look(topic) if kind else None
