"""Reads the list of providers in mobile-broadband-provider-info: serviceproviders.xml.

Entities are refused, so that no text grows and nothing is fetched; the file's size and depth are
limited. Source of the form: serviceproviders.2.dtd of that project.
"""

from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

BYTES_MAX = 16 * 1024 * 1024
DEPTH_MAX = 12
_INTERNET = "internet"


class ProviderFileError(ValueError):
    """The file is not such a list; the message says where and why."""


class Plmn(NamedTuple):
    """A network's code: country and network, digits as texts, since 01 and 001 differ."""

    mcc: str
    mnc: str

    def __str__(self) -> str:
        return f"{self.mcc}-{self.mnc}"


class Apn(NamedTuple):
    """An access point name for the internet. `plan`: "prepaid", "postpaid", or empty: either."""

    value: str
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who sells access in a country, with the codes of the networks used."""

    country: str
    name: str
    plmns: tuple[Plmn, ...] = ()
    apns: tuple[Apn, ...] = ()


def read_providers(raw: bytes) -> list[Provider]:
    """Return the providers of all countries. Raises ProviderFileError."""
    if len(raw) > BYTES_MAX:
        raise ProviderFileError(f"has {len(raw)} bytes; at most {BYTES_MAX} are read")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.EntityDeclHandler = reader.refuse_entity
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(raw, True)  # noqa: FBT003 -- expat takes no names
    except expat.ExpatError as error:
        raise ProviderFileError(f"line {error.lineno}: {expat.ErrorString(error.code)}") from error
    except (LookupError, ValueError) as error:  # An encoding that Python does not know.
        raise ProviderFileError(str(error)) from error
    return reader.providers


@dataclass
class _Reader:
    """Keeps the path of open elements, and what has been read of the provider that is open."""

    providers: list[Provider] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _country: str = ""
    _name: str = ""
    _words: str = ""
    _plmns: list[Plmn] = field(default_factory=list)
    _apns: list[Apn] = field(default_factory=list)
    _apn: str = ""
    _plan: str = ""
    _usage: str = ""

    def refuse_entity(self, name: str, *_rest: object) -> None:
        raise ProviderFileError(f"declares the entity {name!r}, which is refused")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._path and tag != "serviceproviders":
            raise ProviderFileError(f"is a list of {tag!r}, not of providers")
        self._path.append(tag)
        if len(self._path) > DEPTH_MAX:
            raise ProviderFileError(f"nests elements more than {DEPTH_MAX} deep")
        self._words = ""
        self._note(tag, attributes)

    def _note(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "country":
                self._country = attributes.get("code", "").upper()
            case "provider":
                self._name, self._plmns, self._apns = "", [], []
            case "network-id":
                self._plmns.append(Plmn(attributes.get("mcc", ""), attributes.get("mnc", "")))
            case "apn":
                self._apn, self._plan, self._usage = attributes.get("value", ""), "", ""
            case "plan":
                self._plan = attributes.get("type", "")
            case "usage":
                self._usage = attributes.get("type", "")
            case _:
                pass

    def text(self, words: str) -> None:
        self._words += words

    def end(self, tag: str) -> None:
        self._path.pop()
        match tag:
            case "name" if self._path[-1] == "provider":
                self._name = self._name or self._words.strip()
            case "apn":
                self._end_apn()
            case "provider":
                self._end_provider()
            case _:
                pass

    def _end_apn(self) -> None:
        """Keep it unless it is for other uses; without any, it is for the internet."""
        if self._apn and (not self._usage or _INTERNET in self._usage.split("-")):
            self._apns.append(Apn(self._apn, self._plan))

    def _end_provider(self) -> None:
        known = {one for one in self._plmns if one.mcc.isdecimal() and one.mnc.isdecimal()}
        self.providers.append(
            Provider(
                country=self._country,
                name=self._name,
                plmns=tuple(sorted(known)),
                apns=tuple(dict.fromkeys(self._apns)),
            )
        )
