"""A payment channel for pages under attack: in memory, never paid, and keeps methods."""

from tests.database.web.storefront.shop import ChannelInHand


class KeepingChannel(ChannelInHand):
    """Forgets a saved method as it is told."""

    saves_methods = True

    def forget(self, saved_reference: str) -> None:
        """Do so."""
