"""Where a request came from, as recorded in security events."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """`address`: the person's real one; `device`: the browser's own description of itself.

    Both are empty for a command run on the machine itself.
    """

    address: str = ""
    device: str = ""
