"""Where a request came from, as the record of security events keeps it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """`address`: the person's real one; `device`: what their browser says of itself.

    Both are empty for a command on the machine itself.
    """

    address: str = ""
    device: str = ""
