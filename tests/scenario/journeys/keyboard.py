"""A person without a mouse: who goes from stop to stop by Tab, and must see where they are."""

from typing import Any

from playwright.sync_api import Locator, Page

_STOPS_MAX = 120
# What shows the focus: an outline of the thing itself, of what it lays over its row, or of the
# label or the field around it. `covered` says what lies over its middle, such as a bar that sticks.
_STOP = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const around = [one.closest("label"), one.closest(".find")].filter(Boolean);
  const outlined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const [first] = one.getClientRects();
  if (!first) return {name: one.outerHTML.slice(0, 120), shows: false, rect: null};
  const rect = one.getBoundingClientRect();
  let isFixed = false;
  for (let each = one; each; each = each.parentElement)
    isFixed ||= getComputedStyle(each).position === "fixed";
  const over = document.elementFromPoint(first.x + first.width / 2, first.y + first.height / 2);
  const isFree = over && (one.contains(over) || around.some((label) => label.contains(over)));
  return {
    name: one.outerHTML.slice(0, 120),
    shows: outlined(getComputedStyle(one)) || outlined(getComputedStyle(one, "::after"))
      || around.some((label) => outlined(getComputedStyle(label))),
    covered: isFree ? "" : over ? over.outerHTML.slice(0, 120) : "the edge of the window",
    jumps: one.tabIndex > 0,
    rect: isFixed ? null : {top: rect.top + scrollY, bottom: rect.bottom + scrollY,
                            left: rect.left, right: rect.right},
  };
}"""


class Keyboard:
    """Presses keys on a page. Each stop on the way must be seen, uncovered, and in order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._last: dict[str, Any] | None = None
        page.on("framenavigated", lambda _: self._begin())

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus. Raises AssertionError at a bad stop."""
        for _ in range(_STOPS_MAX):
            self.page.keyboard.press("Tab")
            self._look()
            if target.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"Tab never came to {target}")

    def to_the_end(self) -> None:
        """Press Tab until the page is left behind. Raises AssertionError at a bad stop."""
        for _ in range(_STOPS_MAX):
            self.page.keyboard.press("Tab")
            if not self._look():
                return
        raise AssertionError("the page has no end")

    def open(self, link: Locator) -> None:
        """Go to a link or a button that leads to another page, and press Enter."""
        self.tab_to(link)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        """Go to a field, and type."""
        self.tab_to(field)
        self.page.keyboard.type(text)

    def _begin(self) -> None:
        self._last = None

    def _look(self) -> bool:
        """Look at where the focus is; return False past the end of the page."""
        stop = self.page.evaluate(_STOP)
        if stop is None:
            self._last = None
            return False
        where = f"{self.page.url}: {stop['name']}"
        assert stop["shows"], f"no focus to be seen at {where}"
        assert not stop["covered"], f"{stop['covered']} covers {where}"
        assert not stop["jumps"], f"out of turn: {where}"
        if self._last is not None and stop["rect"] is not None:
            assert _follows(stop["rect"], self._last["rect"]), (
                f"back up from {self._last['name']} to {where}"
            )
        if stop["rect"] is not None:  # What hangs in the window is nowhere on the page.
            self._last = stop
        return True


def _follows(stop: dict[str, float], last: dict[str, float]) -> bool:
    """Say whether a reader meets it later: it is not wholly above, or in a column on the right."""
    return stop["bottom"] > last["top"] or stop["left"] >= last["right"]
