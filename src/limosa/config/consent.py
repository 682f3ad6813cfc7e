"""What commands ask before they go on."""

import sys

from limosa.config.command import CommandFault


def agrees(question: str, *, otherwise: str) -> bool:
    """Return whether whoever sits at the terminal says yes; an end of input is a no.

    Raises CommandFault with `otherwise` if there is no terminal: nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise CommandFault(otherwise)
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        print()
        return False
