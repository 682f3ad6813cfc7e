"""Which plan somebody is about to buy who has to sign in first."""

from django.urls import Resolver404, resolve
from django.utils import timezone

from limosa.domain.catalog.queries import default_currency
from limosa.domain.shelf.listing import Shelved, shelved
from limosa.web.own_paths import own_path


def wanted_plan(next_path: str) -> Shelved | None:
    """Return the plan that a path leads to buying, at a newcomer's price; None for other paths,
    which cost no statement."""
    path = own_path(next_path).partition("?")[0]
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.url_name != "buy":
        return None
    codes = [match.kwargs["code"]]
    return next(iter(shelved(codes, currency=default_currency(), now=timezone.now())), None)
