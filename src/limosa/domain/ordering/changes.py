"""Notifies those who watch an order that it has changed."""

from limosa.domain.watching import announce, watch_token


def watch_path(number: str) -> str:
    """Return the path of the order's live events; its holder may watch them for a day."""
    return f"/events/orders/{number}?t={watch_token(_topic(number))}"


def announce_order(number: str) -> None:
    """Notify once the running transaction is committed."""
    announce(_topic(number))


def _topic(number: str) -> str:
    return f"order:{number}"
