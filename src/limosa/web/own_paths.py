"""Where a person may be sent back to: one of our paths, given as `next` in a form or a URL."""

from django.utils.http import url_has_allowed_host_and_scheme


def own_path(text: str) -> str:
    """Return a path on this site, beginning with a slash; empty for anything else."""
    is_ours = text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_ours else ""
