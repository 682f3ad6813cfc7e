"""Where a page is, the URL table says: the domain names pages and writes out no address."""

import ast
from collections.abc import Iterator
from pathlib import Path

import limosa

DOMAIN = Path(limosa.__file__).parent / "domain"
OURS = (
    "accounts",
    "advice",
    "cases",
    "console",
    "device",
    "esims",
    "facts",
    "not-me",
    "orders",
    "plans",
    "r",
    "renew",
    "ratings",
    "settings",
)


def written_out(source: str) -> Iterator[str]:
    """Return the texts in a source that begin as an address of a page of ours does."""
    first = tuple(f"/{name}/" for name in OURS)
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    yield from (text for text in texts if isinstance(text, str) and text.startswith(first))


def test_the_domain_writes_out_no_address_of_a_page() -> None:
    found = {
        str(path.relative_to(DOMAIN)): texts
        for path in DOMAIN.rglob("*.py")
        if (texts := list(written_out(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


def test_an_address_that_is_written_out_is_found() -> None:
    assert list(written_out('path = f"/orders/{number}/"')) == ["/orders/"]
