"""Which of a supplier's codes somebody may have meant."""

from collections.abc import Collection
from difflib import get_close_matches

_ALIKE = 0.8
# Comparing all of a long list takes seconds; those that begin alike are enough.
_COMPARED_MAX = 2000
_BEGINNING = 3


def nearest_of(code: str, listed: Collection[str]) -> str:
    """Return the listed code that is most like this one; empty: none is.

    First the same in other letters, then one that goes on where this one ends, the shortest of
    them, as a suffix of ours does; then one with a few other characters.
    """
    folded = code.casefold()
    if same := sorted(one for one in listed if one.casefold() == folded):
        return same[0]
    longer = (one for one in listed if one.casefold().startswith(f"{folded}:"))
    if further := min(longer, key=lambda one: (len(one), one), default=""):
        return further
    begins = folded[:_BEGINNING]
    alike = sorted(one for one in listed if one.casefold().startswith(begins))[:_COMPARED_MAX]
    return next(iter(get_close_matches(code, alike, n=1, cutoff=_ALIKE)), "")
