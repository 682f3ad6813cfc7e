"""The merchant's account under its former name, until its last caller has moved."""

from dataclasses import dataclass
from pathlib import Path

from limosa.simulators.payment_gateway.gateway import prepare


@dataclass(frozen=True, slots=True)
class Prepared:
    settings: dict[str, str]


def prepare_merchant(folder: Path, *, base_url: str) -> Prepared:
    return Prepared(prepare(folder, base_url=base_url))
