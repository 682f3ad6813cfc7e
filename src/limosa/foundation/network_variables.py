"""Kinds of environment variables that name something on a network."""

import re
from urllib.parse import unquote

from limosa.foundation.addresses import read_address
from limosa.foundation.variables import Text, Url, parts_of

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_OID = re.compile(r"[0-2](?:\.[0-9]{1,10})+")


class HeaderName(Text):
    """The name of an HTTP header; or none. Returned in lower case."""

    def parse(self, text: str) -> str:
        if text and not _HEADER.fullmatch(text):
            raise ValueError(
                f"must be a header's name, such as x-client-certificate, not {text!r}."
            )
        return text.lower()


class Oid(Text):
    """An object identifier in dots; or none."""

    def parse(self, text: str) -> str:
        if text and not _OID.fullmatch(text):
            raise ValueError(f"must be an object identifier, such as 2.999.10, not {text!r}.")
        return text


class SecureUrl(Url):
    """A URL with https, or with http if it leads to this machine; or none."""

    def parse(self, text: str) -> str:
        url = Url.parse(self, text)
        parts = parts_of(url)
        if parts and parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            raise ValueError("must begin with https://, except for 127.0.0.1 and localhost.")
        return url


class Addressees:
    """URLs of those who are told something, by their names, such as "a=https://a.example"; one URL
    alone is everybody's, and has the name "". None is possible. http is for loopback only."""

    def parse(self, text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for word in text.split():
            name, url = _split(word)
            if name in found:
                raise ValueError(f"names {name or 'everybody'} twice.")
            if not url:
                raise ValueError("must be URLs, each by NAME=URL, or one alone.")
            found[name] = SecureUrl().parse(url)
        if "" in found and len(found) > 1:
            raise ValueError("must name each, or be one URL alone.")
        return found

    def secrets_in(self, text: str) -> list[str]:
        """Return the URLs' passwords, as written and decoded."""
        urls = [_split(word)[1] for word in text.split()]
        return [secret for url in urls for secret in Url().secrets_in(url)]


class AllowedWords:
    """What each of several names is allowed, such as "a=one,two b=three": texts without blanks.
    Names are %-encoded where they have blanks, and `*` may stand for all others. Nothing after the
    sign: nothing is allowed."""

    def parse(self, text: str) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for word in text.split():
            encoded, sign, allowed = word.partition("=")
            name = unquote(encoded)
            if not name or not sign:
                raise ValueError(f"must be NAME=ONE,TWO, separated by blanks, not {word!r}.")
            if name in found:
                raise ValueError(f"names {name} twice.")
            found[name] = frozenset(part for part in allowed.split(",") if part)
        return found

    def secrets_in(self, text: str) -> list[str]:
        return [text]


def _split(word: str) -> tuple[str, str]:
    is_alone = word.lower().startswith(("http://", "https://"))
    name, _, url = ("", "", word) if is_alone else word.partition("=")
    return name, url


def _is_loopback(host: str) -> bool:
    address = read_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)
