"""Where a request came from."""

from django.http import HttpRequest

from limosa.domain.accounts.origin import Origin


def origin_of(request: HttpRequest) -> Origin:
    """Return where the request came from, for the record of security events."""
    return Origin(
        address=request.META.get("REMOTE_ADDR", ""),
        device=request.headers.get("User-Agent", ""),
    )
