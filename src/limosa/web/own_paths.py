"""Where a person may be sent back to: a path of ours that a form or an address names as `next`."""

from django.utils.http import url_has_allowed_host_and_scheme


def own_path(text: str) -> str:
    """Return a path of this site, beginning with a slash; empty for whatever else was given."""
    is_ours = text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_ours else ""
