"""The addresses of the pages, from the URL table, from pages, and from the source.

Nothing is listed by hand: a new route is in the table, its forms and links are on the pages, and
what a view reads of a query or a form stands in its source.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

import limosa.web

CAPTURE = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^)]*\)|\{(\w+)\}")
_READ = re.compile(r"""\b(GET|POST)(?:\.get\(|\.getlist\(|\[)["'](\w+)["']""")
PAGES_MAX = 400


def routes() -> list[str]:
    """Return every route of the URL table, as `resolver_match.route` names it."""
    return sorted(set(_below(get_resolver().url_patterns, "")))


def _below(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for one in patterns:
        here = prefix + str(one.pattern).removeprefix("^" if prefix else "")
        if isinstance(one, URLResolver):
            yield from _below(one.url_patterns, here)
        else:
            yield here


def names_read(file: Path | None = None) -> dict[str, list[str]]:
    """Return what a file, or all our pages, read of queries ("GET") and forms ("POST")."""
    files = [file] if file else Path(limosa.web.__path__[0]).rglob("*.py")
    found: dict[str, set[str]] = {"GET": set(), "POST": set()}
    for one in files:
        for kind, name in _READ.findall(one.read_text(encoding="utf-8")):
            found[kind].add(name)
    return {kind: sorted(names) for kind, names in found.items()}


def names_read_at(path: str) -> dict[str, list[str]]:
    """Return what the module of the view at a path reads; nothing when it is not ours."""
    module = import_module(resolve(path).func.__module__)
    is_ours = module.__name__.startswith("limosa.")
    return names_read(Path(str(module.__file__))) if is_ours else {"GET": [], "POST": []}


@dataclass
class Form:
    """A form of a page: where it goes, and its fields as they stand."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class _Page(HTMLParser):
    """Gathers the links and forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, a form, or a field of the form that is open."""
        told = {name: value or "" for name, value in attrs}
        self.links += [told[name] for name in ("href", "hx-get", "sse-connect") if told.get(name)]
        if tag == "form":
            self.forms.append(Form(told.get("action", ""), told.get("method", "get").upper()))
        elif "hx-post" in told:
            self.forms.append(Form(told["hx-post"], "POST"))
        elif tag in {"input", "select", "textarea", "button"} and told.get("name") and self.forms:
            self.forms[-1].fields.append((told["name"], told.get("value", "")))
        elif tag == "option" and self.forms and self.forms[-1].fields:
            name, value = self.forms[-1].fields[-1]
            if "selected" in told or not value:
                self.forms[-1].fields[-1] = (name, told.get("value", ""))


@dataclass
class Known:
    """What was found: by route paths that lead to it, forms that go to it, and query fields."""

    paths: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    forms: dict[str, list[Form]] = field(default_factory=lambda: defaultdict(list))
    queries: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def path_to(self, route: str) -> str:
        """Return a path that leads to a route: one that was seen, else one made of known parts."""
        if self.paths.get(route):
            return self.paths[route][0]

        def part(found: re.Match[str]) -> str:
            name = found[2] or found[3] or found[4]
            return self.values[name][0] if self.values.get(name) else "1"

        made = CAPTURE.sub(part, route)
        return "/" + re.sub(r"\\(.)", r"\1", made.replace("^", "").rstrip("$").replace("\\Z", ""))


def explore(get: Callable[[str], str], *, start: list[str]) -> Known:
    """Return what our own pages lead to, beginning with some paths.

    get: returns the page at a path; empty when there is none.
    """
    known, waiting, seen = Known(), list(start), set(start)
    while waiting and len(seen) < PAGES_MAX:
        path = waiting.pop(0)
        page = _Page()
        page.feed(get(path))
        for link in page.links:
            found = _note(known, link, path)
            if found and len(known.paths[found]) <= 3 and link not in seen:
                seen.add(link)
                waiting.append(link)
        for form in page.forms:
            route = _note(known, form.action or path, path)
            if route:
                if form.method == "GET":
                    known.queries[route] |= {name for name, _ in form.fields}
                elif len(known.forms[route]) < 3:
                    known.forms[route].append(form)
    return known


def _note(known: Known, link: str, page: str) -> str:
    """Keep what a link tells of its route, and return that; empty: it leads out of the table."""
    parts = urlsplit(link)
    path = parts.path or urlsplit(page).path
    if parts.netloc or not path.startswith("/"):
        return ""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    if path not in known.paths[match.route]:
        known.paths[match.route].append(path)
    known.queries[match.route] |= {name for name, _ in parse_qsl(parts.query)}
    for name, value in match.kwargs.items():
        if str(value) not in known.values[name]:
            known.values[name].append(str(value))
    return str(match.route)
