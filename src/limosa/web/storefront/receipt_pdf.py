"""The receipt as an A4 PDF, the same in every viewer: the font is embedded.

What does not fit on a page continues on the next, which has the same header; the total is below the
last line, never alone. With several pages, each is numbered.

The font (fonts/, SIL Open Font License) is a subset of Noto Sans SC: the characters of GB 2312 and
the usual ones of Big5. Only those used are put into the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from limosa.web.storefront.receipts import SELLER, Receipt

FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-Limosa.ttf"
_FONT = "Limosa"
_INK, _SOFT, _LINE, _TIDE = (
    HexColor(code) for code in ("#16201f", "#52605d", "#d9d7ce", "#0b6e69")
)
_LEFT, _RIGHT, _TOP, _BOTTOM = 24 * mm, A4[0] - 24 * mm, A4[1] - 30 * mm, 28 * mm
_VALUE_LEFT = _LEFT + 50 * mm
_SIZE, _LEADING, _GAP = 10.5, 15, 7
_FIRST_RULE = _TOP - 62
_TOTAL_DOWN, _NOTE_DOWN = 30, 28  # from the last rule to the total, and from it to the note
_FOOT = 16 * mm


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the receipt, each side wrapped to fit beside the other."""

    names: list[str]
    values: list[str]

    @property
    def height(self) -> float:
        """Including the hairline below it."""
        return 2 * _GAP + _LEADING * max(len(self.names), len(self.values))


@cache
def _register_font() -> None:
    pdfmetrics.registerFont(TTFont(_FONT, str(FONT_FILE)))


def draw_receipt(receipt: Receipt) -> bytes:
    """Return the file."""
    _register_font()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1)
    canvas.setTitle(f"{receipt.title} {receipt.number}")
    canvas.setAuthor(SELLER)
    note = simpleSplit(receipt.note, _FONT, _SIZE, _RIGHT - _LEFT)
    below = _TOTAL_DOWN + (_NOTE_DOWN + _LEADING * (len(note) - 1) if note else 0)
    pages = _pages((_row(name, value) for name, value in receipt.lines), below=below)
    for number, rows in enumerate(pages, start=1):
        _head(canvas, receipt.title)
        y = _FIRST_RULE
        for row in rows:
            y = _draw(canvas, row, y)
        if number == len(pages):
            _end(canvas, receipt.total, note, y)
        if len(pages) > 1:
            _foot(canvas, f"{receipt.number} · {number} / {len(pages)}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _row(name: str, value: str) -> _Row:
    return _Row(
        simpleSplit(name, _FONT, _SIZE, _VALUE_LEFT - _LEFT - 4 * mm),
        simpleSplit(value, _FONT, _SIZE, _RIGHT - _VALUE_LEFT),
    )


def _pages(rows: Iterable[_Row], *, below: float) -> list[list[_Row]]:
    """Return the rows by page. `below`: the space needed under the last row, in points."""
    pages: list[list[_Row]] = [[]]
    left = whole = _FIRST_RULE - _BOTTOM
    for row in rows:
        if row.height > left and pages[-1]:
            pages.append([])
            left = whole
        pages[-1].append(row)
        left -= row.height
    if below > left and len(pages[-1]) > 1:
        pages.append([pages[-1].pop()])
    return pages


def _head(canvas: Canvas, title: str) -> None:
    canvas.setFillColor(_TIDE)
    canvas.setFont(_FONT, 12)
    canvas.drawString(_LEFT, _TOP, SELLER)
    canvas.setFillColor(_INK)
    canvas.setFont(_FONT, 24)
    canvas.drawString(_LEFT, _TOP - 34, title)
    _rule(canvas, _FIRST_RULE)


def _draw(canvas: Canvas, row: _Row, y: float) -> float:
    """Draw a line and the hairline below it; return where the next one begins."""
    canvas.setFont(_FONT, _SIZE)
    for index, text in enumerate(row.names):
        canvas.setFillColor(_SOFT)
        canvas.drawString(_LEFT, y - _GAP - _LEADING * (index + 0.75), text)
    for index, text in enumerate(row.values):
        canvas.setFillColor(_INK)
        canvas.drawRightString(_RIGHT, y - _GAP - _LEADING * (index + 0.75), text)
    _rule(canvas, y - row.height)
    return y - row.height


def _end(canvas: Canvas, total: tuple[str, str], note: list[str], y: float) -> None:
    canvas.setFillColor(_INK)
    canvas.setFont(_FONT, 15)
    canvas.drawString(_LEFT, y - _TOTAL_DOWN, total[0])
    canvas.drawRightString(_RIGHT, y - _TOTAL_DOWN, total[1])
    canvas.setFont(_FONT, _SIZE)
    for index, text in enumerate(note):
        canvas.drawString(_LEFT, y - _TOTAL_DOWN - _NOTE_DOWN - _LEADING * index, text)


def _foot(canvas: Canvas, text: str) -> None:
    canvas.setFillColor(_SOFT)
    canvas.setFont(_FONT, 8.5)
    canvas.drawRightString(_RIGHT, _FOOT, text)


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.6)
    canvas.line(_LEFT, y, _RIGHT, y)
