"""Where a wholesaler's profiles come from: an SM-DP+, or nowhere.

Made-up ones have well-formed ICCIDs and codes, and no phone can install them. `take` is repeated
with the same name after a crash, and then returns the same profile.
"""

import hashlib
from typing import Protocol

from limosa.simulators.wholesale.esims import Profile

SMDP_ADDRESS = "rsp.wholesale.example"


class NoProfileError(Exception):
    """There is no profile to be had. `is_for_now`: later, perhaps. `is_none_left`: once somebody
    makes more."""

    def __init__(self, said: str, *, is_for_now: bool, is_none_left: bool = False) -> None:
        super().__init__(said)
        self.is_for_now = is_for_now
        self.is_none_left = is_none_left


class Profiles(Protocol):
    """Where profiles come from."""

    def take(self, name: str) -> Profile:
        """Return the profile of a name, a new one if the name is new. Raises NoProfileError."""

    def give_back(self, name: str, profile: Profile) -> None:
        """Make a profile unavailable to phones. Raises NoProfileError."""


class MadeUpProfiles:
    """Profiles that exist on paper. `seed`: another store has others."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def take(self, name: str) -> Profile:
        digest = hashlib.sha256(f"{self._seed} {name}".encode()).hexdigest()
        digits = f"8985{int(digest[:16], 16) % 10**14:014}"
        return Profile(
            iccid=digits + _check_digit(digits),
            matching_id=digest[16:48].upper(),
            smdp_address=SMDP_ADDRESS,
        )

    def give_back(self, name: str, profile: Profile) -> None:
        del name, profile


def _check_digit(digits: str) -> str:
    """Return the digit that makes the whole number valid (ISO/IEC 7812, Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
