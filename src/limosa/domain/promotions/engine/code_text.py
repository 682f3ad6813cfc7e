"""The text of a promotion code. People read it on a poster and type it on a phone, so neither case
nor spaces nor hyphens matter."""

import re

CODE_LENGTH_MAX = 20
CODE_LENGTH_LEAST = 4
# What a form takes: a code with spaces or hyphens between its characters.
TYPED_LENGTH_MAX = 2 * CODE_LENGTH_MAX
_BETWEEN = re.compile(r"[\s\-_.]+")
_CODE = re.compile(rf"[A-Z0-9]{{{CODE_LENGTH_LEAST},{CODE_LENGTH_MAX}}}")


def read_code_text(typed: str) -> str | None:
    """Return the code that was typed, as it is stored; None if it can't be one."""
    text = _BETWEEN.sub("", typed).upper()
    return text if _CODE.fullmatch(text) else None
