"""Which payment PINs there are, and how long wrong ones shut the door.

A PIN has a million values, so what protects it is the number of tries: five, then a pause. The
pauses double, so that a day never has more than some twenty tries, and from the second day on five.
PINs that a thief tries first are not taken at all.
"""

from datetime import timedelta
from itertools import pairwise

from limosa.domain.accounts.refusals import PinMalformedError, PinTooSimpleError

PIN_DIGITS = 6
TRIES_MAX = 5
FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(days=1)

_DIFFERENT_DIGITS_MIN = 3  # Fewer: 000000, 121212, 100000.
_PATTERNS = frozenset({"112233", "332211", "223344", "445566", "778899", "147258", "258369"})
_KEYPAD = frozenset({"147369", "159753", "753159", "159357", "357159", "951753", "142536"})


def plain_pin(text: str) -> str:
    """Return the six ASCII digits that were typed: what looks like digits is none, as in codes.

    Raises PinMalformedError.
    """
    pin = text.strip()
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdecimal()):
        raise PinMalformedError
    return pin


def new_pin(text: str) -> str:
    """Return the PIN of what was typed, if it may be chosen.

    Raises PinMalformedError, PinTooSimpleError.
    """
    pin = plain_pin(text)
    if _is_simple(pin):
        raise PinTooSimpleError
    return pin


def pause_after(lockouts: int) -> timedelta:
    """Return how long no PIN is looked at, when that happened `lockouts` times in a row before."""
    doublings = min(lockouts, 10)  # A day is reached long before.
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
