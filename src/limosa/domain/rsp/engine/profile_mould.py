"""Makes many profile packages from one template: it is read once, then only copied.

A sample is made first, in which what is personal cannot be mistaken for anything else; the places
where the sample has it are those where every package has its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from limosa.domain.rsp.engine.profile_package import (
    Personal,
    imsi_file,
    padded_iccid,
    personalize,
    swapped,
)

_SAMPLE = Personal(
    iccid="8909172635445362718",
    imsi="908172635445361",
    key=bytes.fromhex("d1c8a3f40b7e95621f6e2d3c4b5a6978"),
    opc=bytes.fromhex("e2971b64c50fd83ab1a2937485960718"),
)


class TemplateUnfit(Exception):
    """The template itself has what only the sample should have."""


class _Place(StrEnum):
    HEADER_ICCID = "header_iccid"
    FILE_ICCID = "file_iccid"
    IMSI = "imsi"
    KEY = "key"
    OPC = "opc"


@dataclass(frozen=True, slots=True)
class Mould:
    """What packages of a template have in common, with the places of what they have not."""

    parts: tuple[bytes | _Place, ...]

    def cast(self, personal: Personal) -> bytes:
        """Return the package that `personalize` would make from the template.

        Raises: InvalidIdentifierError, ValueError for identifiers or keys of the wrong form.
        """
        content = _contents(personal)
        return b"".join(content[part] if isinstance(part, _Place) else part for part in self.parts)


def mould_of(template: bytes) -> Mould:
    """Return the mould of a template. Raises PackageRefused, TemplateUnfit."""
    contents = _contents(_SAMPLE)
    if any(value in template for value in contents.values()):
        raise TemplateUnfit
    return Mould(tuple(_cut(personalize(template, _SAMPLE), contents)))


def _contents(personal: Personal) -> Mapping[_Place, bytes]:
    iccid = padded_iccid(personal.iccid)
    if (len(personal.key), len(personal.opc)) != (len(_SAMPLE.key), len(_SAMPLE.opc)):
        raise ValueError("Ki and OPc are 16 bytes each")
    return {
        _Place.HEADER_ICCID: iccid,
        _Place.FILE_ICCID: swapped(iccid),
        _Place.IMSI: imsi_file(personal.imsi),
        _Place.KEY: personal.key,
        _Place.OPC: personal.opc,
    }


def _cut(sample: bytes, contents: Mapping[_Place, bytes]) -> Iterator[bytes | _Place]:
    places = {value: place for place, value in contents.items()}
    either = re.compile(b"|".join(map(re.escape, places)))
    end = 0
    for found in either.finditer(sample):
        yield sample[end : found.start()]
        yield places[found[0]]
        end = found.end()
    yield sample[end:]
