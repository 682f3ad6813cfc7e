"""The paths of links that stand in messages."""

from django.urls import reverse

from limosa.domain.esims.links import make_renew_token
from limosa.domain.notifications.not_me import NotMe, make_not_me_token


def renew_path(*, esim_public_id: str) -> str:
    """Return the path of a renewal link."""
    return reverse("renew_by_link", args=[make_renew_token(esim_public_id=esim_public_id)])


def not_me_path(change: NotMe) -> str:
    """Return the path of the link "this was not me"."""
    return reverse("not_me", args=[make_not_me_token(change)])
