"""Who orders by ES2+: a function requester identifier together with the holder of a certificate.

Neither alone is enough: operators choose their identifiers themselves, and one certificate may
stand for several. An order of staff has no requester, and one of our own network a single word.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

IDENTIFIER_LENGTH_MAX = 90  # Ours: with its holder it fits the order's column.
NO_CERTIFICATE = "no-certificate"
_HOLDER_LENGTH = 32
BETWEEN = " "
EVERYBODY_ELSE = "*"


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder of a certificate. `key`: what stands for them; `names`: the common names in it,
    None: there is no certificate."""

    key: str
    names: tuple[str, ...] | None

    def names_by(self, identifier: str) -> tuple[str, ...]:
        """Return the names by which they are limited. Whoever shows a certificate chooses the
        identifier, but not these."""
        return (identifier,) if self.names is None else self.names


NOBODY = Holder(NO_CERTIFICATE, None)


def holder_of(names: bytes) -> str:
    """Return what stands for a certificate's holder, by the names of its issuer and its subject."""
    return hashlib.sha256(names).hexdigest()[:_HOLDER_LENGTH]


def requester_of(identifier: str, *, holder: str) -> str:
    """Return who orders. A holder has no blanks, so two requesters never have the same text."""
    return f"{identifier}{BETWEEN}{holder}"


def identifier_in(requester: str) -> str:
    """Return the function requester identifier of whoever orders."""
    return requester.rpartition(BETWEEN)[0]


def types_allowed(
    limits: Mapping[str, frozenset[str]], *, names: Iterable[str]
) -> frozenset[str] | None:
    """Return the profile types that somebody of these names may order; None: every one.

    Of several names that are limited, a type has to be allowed to each. `*` among the limits is for
    whoever has none of the others.
    """
    found = [limits[name] for name in names if name in limits and name != EVERYBODY_ELSE]
    return reduce(frozenset.intersection, found) if found else limits.get(EVERYBODY_ELSE)
