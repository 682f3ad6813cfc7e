"""One typing error: a character too many, too few, a wrong one, or two that changed places.

A text has one error of another exactly if they are alike once each has lost one character, or
one of them none. So each indexed name keeps all its shortened forms, and those of what was typed
are looked up among them: no name within one error is missed, in any script, and the effort does
not grow with the names. (What shares few trigrams, `iatly` and `italy`, trigrams would miss.)
"""

from limosa.domain.search.engine.normalising import is_han

# A shorter word is too easily another one.
LATIN_LENGTH_MIN = 4
HAN_LENGTH_MIN = 3
LENGTH_MAX = 30


def shortened(key: str) -> list[str]:
    """Return the key and all that is left of it without one character; nothing for a key too short
    or too long to be corrected."""
    least = HAN_LENGTH_MIN if is_han(key) else LATIN_LENGTH_MIN
    if not least <= len(key) <= LENGTH_MAX:
        return []
    return sorted({key, *(key[:place] + key[place + 1 :] for place in range(len(key)))})


def is_one_error(typed: str, meant: str) -> bool:
    """Whether a single error makes one of the other. A word of four letters keeps its first."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    is_shortest = min(len(typed), len(meant)) == LATIN_LENGTH_MIN and not is_han(meant)
    if is_shortest and typed[0] != meant[0]:
        return False
    start = _common(typed, meant)
    rest_typed, rest_meant = typed[start:], meant[start:]
    if len(typed) == len(meant):
        is_swapped = rest_typed[:2] == rest_meant[1::-1] and rest_typed[2:] == rest_meant[2:]
        return is_swapped or rest_typed[1:] == rest_meant[1:]
    longer, shorter = sorted([rest_typed, rest_meant], key=len, reverse=True)
    return longer[1:] == shorter


def _common(one: str, other: str) -> int:
    """Return how many first characters two texts have in common."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
