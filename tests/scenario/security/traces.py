"""Looks for secrets in what a deployment leaves behind: logs, a dump, pages, mails."""

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

import psycopg

LENGTH_MIN = 6


def forms_of(secret: bytes) -> set[bytes]:
    """Return a secret plain, in hex, URL-encoded, and in base64 at each of three offsets."""
    text = secret.decode(errors="ignore")
    forms = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    forms |= {quote(text, safe="").encode(), quote_plus(text).encode()}
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * offset + secret).rstrip(b"=")
            # What depends on the neighbours is cut off: the rest is the same in any text.
            start = (offset * 8 + 5) // 6
            forms.add(coded[start : len(coded) - 1])
    return {form for form in forms if len(form) >= LENGTH_MIN}


def _pattern(form: bytes) -> bytes:
    """Six digits may stand inside a longer number, or behind a second's point, by chance."""
    return rb"(?<![\d.])%s(?!\d)" % form if form.isdigit() else re.escape(form)


def found_in(traces: Mapping[str, bytes], secrets: Mapping[str, str]) -> list[str]:
    """Return which secret stands where."""
    found = []
    for name, secret in secrets.items():
        assert len(secret) >= LENGTH_MIN, f"{name} is too short to be looked for"
        pattern = re.compile(b"|".join(_pattern(form) for form in forms_of(secret.encode())))
        for place, text in traces.items():
            if match := pattern.search(text):
                around = text[max(0, match.start() - 60) : match.end() + 30]
                found.append(f"{name} in {place}: {around!r}")
    return found


def dump(database_url: str) -> bytes:
    """Return every row of every table as text, as pg_dump writes it."""
    parts = []
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                parts += [table.encode(), *(bytes(block) for block in copy)]
    return b"\n".join(parts)


def files(folders: Iterable[Path]) -> dict[str, bytes]:
    """Return all files below the folders."""
    return {
        f"{folder.name}/{path.relative_to(folder)}": path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
