"""Variables of the environment, declared: each once, with its kind, default and meaning.

Whoever reads the settings, checks them, keeps secrets out of what is shown, or writes the reference
goes by the declaration.
"""

import re
from dataclasses import KW_ONLY, dataclass
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from limosa.foundation.addresses import Networks, read_networks
from limosa.foundation.keys import read_keys

PREFIX = "LIMOSA_"
BLOT = "[…]"  # Stands where a secret stood.
WEB = ("http", "https")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_LIMIT = re.compile(r"([A-Z]{3}):([0-9]{1,12})")


class Kind(Protocol[T_co]):
    """What the text of a variable may be, and what it stands for."""

    def parse(self, text: str) -> T_co:
        """Return what the text stands for.

        Raises ValueError with what is wrong, an argument for each fault, worded to follow the name
        of the variable.
        """

    def secrets_in(self, text: str) -> list[str]:
        """Return the parts of the text that must not be shown, if the variable is a secret."""


class _Whole:
    """A kind whose text is secret as a whole, if it is."""

    def secrets_in(self, text: str) -> list[str]:
        return [text]


@dataclass(frozen=True, slots=True)
class Text(_Whole):
    """Any text. With `between`, several with that sign between them, each a secret of its own."""

    between: str = ""

    def parse(self, text: str) -> str:
        return text

    def secrets_in(self, text: str) -> list[str]:
        parts = text.split(self.between) if self.between else [text]
        return [part.strip() for part in parts]


class RandomText(Text):
    """A secret that the operator makes up: one that could be guessed is warned of."""


class File(Text):
    """A file's path, or several with commas between: each has to be readable. What is in a secret
    one is secret; its path is not."""

    def secrets_in(self, text: str) -> list[str]:
        del text
        return []

    @staticmethod
    def paths(text: str) -> list[str]:
        return [path.strip() for path in text.split(",") if path.strip()]


class Folder(Text):
    """A folder's path: it is made when it is needed, and has to be writable."""


class Flag(_Whole):
    """0 or 1."""

    def parse(self, text: str) -> bool:
        if text not in {"0", "1"}:
            raise ValueError(f"must be 0 or 1, not {text!r}.")
        return text == "1"


@dataclass(frozen=True, slots=True)
class Number(_Whole):
    """A whole number, `least` or more."""

    least: int = 0

    def parse(self, text: str) -> int:
        if not (text.isascii() and text.isdecimal()):
            raise ValueError(f"must be a whole number, not {text!r}.")
        if int(text) < self.least:
            raise ValueError(f"must be {self.least} or more, not {text}.")
        return int(text)


@dataclass(frozen=True, slots=True)
class Choice(_Whole):
    """One of some words, in any letters; returned in small ones."""

    choices: tuple[str, ...]

    def parse(self, text: str) -> str:
        if text.lower() not in self.choices:
            raise ValueError(f"must be one of {', '.join(self.choices)}, not {text!r}.")
        return text.lower()


@dataclass(frozen=True, slots=True)
class Url:
    """A URL of one of the schemes, with a host, a port that can be, and no query; or none."""

    schemes: tuple[str, ...] = WEB

    def parse(self, text: str) -> str:
        if not text:
            return ""
        parts = parts_of(text)
        if parts is None or parts.scheme not in self.schemes or not parts.hostname or parts.query:
            # It is not shown: it may hold a password.
            raise ValueError(f"must be an address that begins with {' or '.join(self.schemes)}://")
        return text

    def secrets_in(self, text: str) -> list[str]:
        """Return its password, as it is written and as it is meant."""
        parts = parts_of(text)
        password = (parts.password or "") if parts else ""
        return [password, unquote(password)]


class Words(_Whole):
    """Texts with commas between."""

    def parse(self, text: str) -> list[str]:
        return [word for word in text.split(",") if word]


@dataclass(frozen=True, slots=True)
class Zone(_Whole):
    """The name of a time zone that there is."""

    such_as: str

    def parse(self, text: str) -> str:
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"must be a time zone such as {self.such_as}, not {text!r}.") from None
        return text


class Limits(_Whole):
    """Amounts in minor units by currency, such as "USD:5000 CNY:35000"."""

    def parse(self, text: str) -> dict[str, int]:
        limits, faults = {}, []
        for word in text.split():
            if limit := _LIMIT.fullmatch(word):
                limits[limit[1]] = int(limit[2])
            else:
                faults.append(f"must be like USD:5000 CNY:35000, in minor units, not {word!r}.")
        if faults:
            raise ValueError(*faults)
        return limits


class AddressRanges(_Whole):
    """Addresses and networks, such as "127.0.0.1, 10.0.0.0/8"; or none."""

    def parse(self, text: str) -> Networks:
        try:
            return read_networks(text)
        except ValueError as error:
            raise ValueError(f"can't be used: {error}.") from None


class Keys:
    """Keys by their id, such as "2026-11:base64,2025-03:base64"; or none."""

    def parse(self, text: str) -> dict[str, bytes]:
        try:
            return read_keys(text) if text else {}
        except ValueError as error:
            raise ValueError(f"can't be used: {error}.") from None

    def secrets_in(self, text: str) -> list[str]:
        return [key.partition(":")[2] for key in text.split(",")]


@dataclass(frozen=True, slots=True)
class Variable(Generic[T]):
    """One variable of the environment.

    `about`: what it is, in Markdown, for the reference. `default_about`: what holds without it,
    where the default's own text does not say it. `is_needed`: it can't be left out; of a provider
    or a supplier, once that is set up. `source`: where the operator gets it. `unset_warning`: what
    `limosa check` warns of while it is not set, after "is not set: ".
    """

    name: str
    kind: Kind[T]
    _: KW_ONLY
    about: str
    default: str = ""
    default_about: str = ""
    is_secret: bool = False
    is_needed: bool = False
    source: str = ""
    unset_warning: str = ""

    def faults_of(self, text: str) -> list[str]:
        """Return what is wrong with a text, a sentence each, in which no secret is shown."""
        try:
            self.kind.parse(text)
        except ValueError as error:
            return [self._careful(str(fault), text) for fault in error.args]
        return []

    @property
    def where_to_get(self) -> str:
        """A sentence that follows another one; empty, where nobody gives it out."""
        return f" Where to get it: {self.source}." if self.source else ""

    def secrets_in(self, text: str) -> list[str]:
        """Return the parts of a text that must not be shown."""
        return [part for part in self.kind.secrets_in(text) if part] if self.is_secret else []

    def _careful(self, fault: str, text: str) -> str:
        for secret in self.secrets_in(text):
            fault = fault.replace(repr(secret), BLOT).replace(secret, BLOT)
        return fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a payment provider or a supplier says of itself, in the file settings.py of its folder.

    `implementation`: the dotted path of its class. `variables`: each named LIMOSA_CODE_…; the class
    finds their values by the rest of the name, in small letters. `turned_on_by`: the variable that
    sets it up; empty: it always is. The others then are complete or a fault: those that are needed,
    and all of one of the sets `either`. `quiet_loggers`: those of its library that say too much, so
    that only their warnings are logged.
    """

    code: str
    title: str
    implementation: str
    variables: tuple[Variable[Any], ...] = ()
    turned_on_by: str = ""
    either: tuple[tuple[str, ...], ...] = ()
    quiet_loggers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [variable.name for variable in self.variables]
        strange = [name for name in names if not name.startswith(self.prefix)]
        named = {*filter(None, [self.turned_on_by]), *(name for one in self.either for name in one)}
        if strange or named - set(names) or len(names) > len(set(names)):
            raise ValueError(
                f"{self.code}: each of its variables is named {self.prefix}… and declared once; "
                "turned_on_by and either name some of them"
            )

    @property
    def prefix(self) -> str:
        """What the names of its variables begin with."""
        return f"{PREFIX}{self.code.upper()}_"

    def key_of(self, name: str) -> str:
        """Return the name by which the class finds a variable's value."""
        return name.removeprefix(self.prefix).lower()

    def missing(self, given: set[str]) -> list[Variable[Any]]:
        """Return the variables without which it can't work, when those of these names are set."""
        lacking = {variable.name for variable in self.variables if variable.is_needed} - given
        begun = [names for names in self.either if given.intersection(names)]
        lacking |= {name for names in begun or self.either[:1] for name in names} - given
        return [variable for variable in self.variables if variable.name in lacking]


def parts_of(url: str) -> SplitResult | None:
    """Return the parts of a URL; None when it can't be read: a port of letters, half an address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
