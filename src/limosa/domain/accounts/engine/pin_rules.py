"""Which payment PINs are allowed, and how long wrong ones lock it.

A PIN has only a million values, so its protection is the limit on attempts: five, then a pause. The
pauses double, so a day allows some twenty attempts at most, and from the second day on five. The
PINs that a thief would try first are not allowed at all.
"""

from datetime import timedelta
from itertools import pairwise

from limosa.domain.accounts.refusals import PinMalformedError, PinTooSimpleError

PIN_DIGITS = 6
ATTEMPTS_MAX = 5
FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(days=1)

_DIFFERENT_DIGITS_MIN = 3  # Excludes 000000, 121212, 100000.
_PATTERNS = frozenset({"112233", "332211", "223344", "445566", "778899", "147258", "258369"})
_KEYPAD = frozenset({"147369", "159753", "753159", "159357", "357159", "951753", "142536"})


def plain_pin(text: str) -> str:
    """Return the six ASCII digits typed. Other scripts' digits are refused, as in codes.

    Raises PinMalformedError.
    """
    pin = text.strip()
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdecimal()):
        raise PinMalformedError
    return pin


def new_pin(text: str) -> str:
    """Return the typed PIN if it may be chosen.

    Raises PinMalformedError, PinTooSimpleError.
    """
    pin = plain_pin(text)
    if _is_simple(pin):
        raise PinTooSimpleError
    return pin


def pause_after(lockouts: int) -> timedelta:
    """Return how long PIN checks are paused after `lockouts` earlier pauses in a row."""
    doublings = min(lockouts, 10)  # The cap of a day is reached long before.
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _is_simple(pin: str) -> bool:
    digits = [int(digit) for digit in pin]
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    return (
        len(set(digits)) < _DIFFERENT_DIGITS_MIN
        or len(steps) == 1  # 123456, 987654, 246802.
        or pin[:3] == pin[3:]
        or pin in _PATTERNS
        or pin in _KEYPAD
    )
