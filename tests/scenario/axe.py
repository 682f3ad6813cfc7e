"""What axe-core finds in a page that a browser shows."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_RUN = """() => axe.run({resultTypes: ["violations"]}).then(found => found.violations)"""


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page as it looks now, a line each."""
    if page.evaluate("typeof axe") == "undefined":  # It stays for the page's other looks.
        page.evaluate(AXE_SCRIPT)
    return [
        f"{page.url} {fault['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for fault in page.evaluate(_RUN)
        for node in fault["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    width: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width
