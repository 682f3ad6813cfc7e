"""Declarations of environment variables: each one once, with its type, default and meaning.

Reading the settings, checking them, redacting secrets and writing the reference all use the
declaration.
"""

import re
from dataclasses import KW_ONLY, dataclass
from email.utils import getaddresses
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from limosa.foundation.addresses import Networks, read_networks
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.keys import read_keys

PREFIX = "LIMOSA_"
BLOT = "[…]"  # Replaces a redacted secret.
WEB = ("http", "https")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
FILE_PATH_LENGTH_MAX = 255  # Ours: keys on one line are longer, paths are not.
_LIMIT = re.compile(r"([A-Z]{3}):([0-9]{1,12})")
_ADDRESS = re.compile(r"[^@\s<>(),;:]+@[^@\s<>(),;:]+\.[^@\s<>(),;:]+")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
PORT_MAX = 65_535
_HOST_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class Kind(Protocol[T_co]):
    """The type of a variable: which texts are valid, and what they mean."""

    def parse(self, text: str) -> T_co:
        """Return the value of the text.

        Raises ValueError with one argument for each error, worded to follow the name of the
        variable.
        """

    def secrets_in(self, text: str) -> list[str]:
        """Return the parts of the text that must not be shown, if the variable is a secret."""


class _Whole:
    """A type whose whole text is secret, if the variable is a secret."""

    def secrets_in(self, text: str) -> list[str]:
        return [text]


@dataclass(frozen=True, slots=True)
class Text(_Whole):
    """Any text. With `between`, several texts separated by it, each a secret of its own."""

    between: str = ""

    def parse(self, text: str) -> str:
        return text

    def secrets_in(self, text: str) -> list[str]:
        parts = text.split(self.between) if self.between else [text]
        return [part.strip() for part in parts]


class RandomText(Text):
    """A secret that the operator makes up: one that could be guessed causes a warning."""


class File(Text):
    """A file's path, or several separated by commas: each has to be readable.

    If it is a secret, the file's content is secret, and its path is not. A text that can't be a
    path is taken for the content itself, and is secret in any case.
    """

    def parse(self, text: str) -> str:
        if self._is_content(text):
            raise ValueError("holds the key itself: write it to a file, and give the file's path.")
        return text

    def secrets_in(self, text: str) -> list[str]:
        return [text, *text.splitlines()] if self._is_content(text) else []

    def _is_content(self, text: str) -> bool:
        is_long = any(len(path) > FILE_PATH_LENGTH_MAX for path in self.paths(text))
        return is_long or "\n" in text or "-----BEGIN" in text

    @staticmethod
    def paths(text: str) -> list[str]:
        return [path.strip() for path in text.split(",") if path.strip()]


class Folder(Text):
    """A folder's path: created when needed, and has to be writable."""


class Flag(_Whole):
    """0 or 1."""

    def parse(self, text: str) -> bool:
        if text not in {"0", "1"}:
            raise ValueError(f"must be 0 or 1, not {text!r}.")
        return text == "1"


@dataclass(frozen=True, slots=True)
class Number(_Whole):
    """A whole number, `least` or more; at most `most`, if there is one."""

    least: int = 0
    most: int | None = None

    def parse(self, text: str) -> int:
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"must be a whole number, not {text!r}.")
        if int(text) < self.least:
            raise ValueError(f"must be {self.least} or more, not {text}.")
        if self.most is not None and int(text) > self.most:
            raise ValueError(f"must be {self.most} or less, not {text}.")
        return int(text)


@dataclass(frozen=True, slots=True)
class Choice(_Whole):
    """One of several words, in any case; returned in lower case."""

    choices: tuple[str, ...]

    def parse(self, text: str) -> str:
        if text.lower() not in self.choices:
            raise ValueError(f"must be one of {', '.join(self.choices)}, not {text!r}.")
        return text.lower()


@dataclass(frozen=True, slots=True)
class Url:
    """A URL with one of the schemes, a host, a valid port, and no query; or none.

    Returned with its scheme in lower case. Errors don't show it, since it may contain a password.
    """

    schemes: tuple[str, ...] = WEB

    def parse(self, text: str) -> str:
        if text and (fault := self._fault_of(text)):
            raise ValueError(fault)
        scheme, mark, rest = text.partition("://")
        return f"{scheme.lower()}{mark}{rest}"

    def _fault_of(self, text: str) -> str:
        """Return what is wrong, or an empty text."""
        scheme, mark, rest = text.partition("://")
        authority = re.split("[/?#]", rest, maxsplit=1)[0]
        parts = parts_of(text)
        if not mark or scheme.lower() not in self.schemes:
            fault = f"must begin with {' or '.join(f'{one}://' for one in self.schemes)}."
        elif any(letter.isspace() or not letter.isprintable() for letter in text):
            fault = "must contain no blanks."
        elif "@" in rest[len(authority) :]:
            fault = (
                "has a user name or a password that must be percent-encoded: write / as %2F, ? as "
                "%3F, # as %23, @ as %40."
            )
        elif parts is None or parts.port == 0 or not parts.hostname:
            fault = "must name a host, with a port from 1 to 65535 or none."
        elif parts.query:
            fault = "must have no query, which begins with a question mark."
        else:
            fault = ""
        return fault

    def secrets_in(self, text: str) -> list[str]:
        """Return its password, both as written and decoded."""
        parts = parts_of(text)
        password = (parts.password or "") if parts else ""
        return [password, unquote(password)]


class Words(_Whole):
    """Texts separated by commas."""

    def parse(self, text: str) -> list[str]:
        return [word for word in text.split(",") if word]


@dataclass(frozen=True, slots=True)
class Zone(_Whole):
    """The name of an existing time zone."""

    such_as: str

    def parse(self, text: str) -> str:
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"must be a time zone such as {self.such_as}, not {text!r}.") from None
        return text


class HostName(_Whole):
    """The name of a host, without a scheme; with a port, if it is another than the usual one."""

    def parse(self, text: str) -> str:
        name, colon, port = text.partition(":")
        is_port = bool(_PORT.fullmatch(port)) and int(port) <= PORT_MAX
        is_name = len(name) <= 253 and all(map(_HOST_LABEL.fullmatch, name.split(".")))
        if not is_name or is_port != bool(colon):
            raise ValueError(
                f"must be a host's name, such as smdp.example.com or smdp.example.com:8443, not "
                f"{text!r}."
            )
        return text


class Sender(_Whole):
    """One mail address, with or without a name."""

    def parse(self, text: str) -> str:
        addresses = [address for _, address in getaddresses([text])]
        if len(addresses) != 1 or not _ADDRESS.fullmatch(addresses[0]):
            raise ValueError(
                f"must be one address, such as Limosa <hello@example.com>, not {text!r}."
            )
        return text


class Limits(_Whole):
    """Amounts in minor units by currency, such as "USD:5000 CNY:35000"."""

    def parse(self, text: str) -> dict[str, int]:
        limits, faults = {}, []
        for word in text.split():
            limit = _LIMIT.fullmatch(word)
            if limit is None:
                faults.append(f"must be like USD:5000 CNY:35000, in minor units, not {word!r}.")
            elif limit[1] not in CURRENCIES:
                faults.append(f"names {limit[1]}, which is no currency of ISO 4217.")
            elif limit[1] in limits:
                faults.append(f"names {limit[1]} twice.")
            else:
                limits[limit[1]] = int(limit[2])
        if faults:
            raise ValueError(*faults)
        return limits


class AddressRanges(_Whole):
    """Addresses and networks, such as "127.0.0.1, 10.0.0.0/8", but not all there are; or none."""

    def parse(self, text: str) -> Networks:
        try:
            networks = read_networks(text)
        except ValueError as error:
            raise ValueError(f"can't be used: {error}.") from None
        if everything := [str(one) for one in networks if one.prefixlen == 0]:
            raise ValueError(
                f"must not be {everything[0]}, every address there is: anyone could then claim any."
            )
        return networks


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
    """One environment variable.

    `about`: its description, in Markdown, for the reference. `default_about`: describes the
    default, if its own text does not. `is_needed`: it is required; for a provider or a supplier,
    once that is turned on. `source`: where the operator gets it. `unset_warning`: the warning of
    `limosa check` while it is not set, after "is not set: ".
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
        """Return what is wrong with a text, one sentence each, without showing a secret."""
        if not _is_unicode(text):
            return ["must be text in UTF-8."]
        try:
            self.kind.parse(text)
        except ValueError as error:
            return [self._careful(str(fault), text) for fault in error.args]
        if text != text.strip():
            return ["has a blank or a line's end before or after its text: remove it."]
        return []

    @property
    def where_to_get(self) -> str:
        """Return a sentence to append; empty if nobody issues it."""
        return f" Where to get it: {self.source}." if self.source else ""

    def secrets_in(self, text: str) -> list[str]:
        """Return the parts of a text that must not be shown."""
        if not _is_unicode(text):
            return [text] if self.is_secret else []
        kind: object = self.kind
        is_secret = self.is_secret or isinstance(kind, File)
        return [part for part in self.kind.secrets_in(text) if part] if is_secret else []

    def _careful(self, fault: str, text: str) -> str:
        for secret in self.secrets_in(text):
            fault = fault.replace(repr(secret), BLOT).replace(secret, BLOT)
        return fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A payment provider's or supplier's declaration, in settings.py of its folder.

    `implementation`: the dotted path of its class. `variables`: each named LIMOSA_CODE_…; the class
    receives their values under the rest of the name, in lower case. `turned_on_by`: the variable
    that turns it on; empty: it is always on. Once it is on, the others have to be complete: those
    that are required, and all of one of the sets in `either`. `quiet_loggers`: loggers of its
    library that say too much, limited to warnings.
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
        """The prefix of its variables' names."""
        return f"{PREFIX}{self.code.upper()}_"

    def key_of(self, name: str) -> str:
        """Return the name under which the class receives a variable's value."""
        return name.removeprefix(self.prefix).lower()

    def missing(self, given: set[str]) -> list[Variable[Any]]:
        """Return the variables that are still required if those with these names are set."""
        lacking = {variable.name for variable in self.variables if variable.is_needed} - given
        begun = [names for names in self.either if given.intersection(names)]
        lacking |= {name for names in begun or self.either[:1] for name in names} - given
        return [variable for variable in self.variables if variable.name in lacking]


def _is_unicode(text: str) -> bool:
    """Whether an environment variable's bytes were UTF-8; others are kept as surrogates."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def parts_of(url: str) -> SplitResult | None:
    """Return the parts of a URL; None if it can't be parsed: a port of letters, half an IPv6
    address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
