"""Notifies those who watch an eSIM that it has changed."""

from limosa.domain.watching import announce, watch_token


def watch_esim_path(public_id: str) -> str:
    """Return the path of the eSIM's live events; its holder may watch them for a day."""
    return f"/events/esims/{public_id}?t={watch_token(_topic(public_id))}"


def announce_esim(public_id: str) -> None:
    """Notify once the running transaction is committed."""
    announce(_topic(public_id))


def _topic(public_id: str) -> str:
    return f"esim:{public_id}"
