"""What origins say of plans."""

from itertools import count
from typing import Any

from limosa.domain.coverage.engine.facts import Networks, digest_of, written
from limosa.domain.coverage.models import NetworkSet, StatedFacts
from tests.factories import MOMENT

_numbers = count(1)


def make_network_set(networks: Networks) -> NetworkSet:
    """Return the set of these networks; a new one only where it is not there."""
    text = written(networks)
    return NetworkSet.objects.get_or_create(digest=digest_of(text), defaults={"networks": text})[0]


def make_stated_facts(*, networks: Networks | None = None, **fields: Any) -> StatedFacts:
    """Return what a coverage file says of a plan: that its data may be shared."""
    fields.setdefault("origin", "plan_file")
    fields.setdefault("code", f"plan-{next(_numbers)}")
    fields.setdefault("stated_at", MOMENT)
    if not fields.keys() & {"identity_check", "has_calls", "exit_country"} and not networks:
        fields.setdefault("tethering", True)
    if networks is not None:
        fields["networks"] = make_network_set(networks)
    return StatedFacts.objects.create(**fields)
