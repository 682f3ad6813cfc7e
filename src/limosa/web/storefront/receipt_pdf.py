"""The receipt as a PDF of one A4 page, the same in every viewer: the font is embedded.

The font (fonts/, SIL Open Font License) is a part of Noto Sans SC: the characters of GB 2312 and
the usual ones of Big5. Only those on the page are put into the file.
"""

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
_LEFT, _RIGHT, _TOP = 24 * mm, A4[0] - 24 * mm, A4[1] - 30 * mm
_VALUE_LEFT = _LEFT + 50 * mm
_SIZE, _LEADING, _GAP = 10.5, 15, 7


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
    canvas.setFillColor(_TIDE)
    canvas.setFont(_FONT, 12)
    canvas.drawString(_LEFT, _TOP, SELLER)
    canvas.setFillColor(_INK)
    canvas.setFont(_FONT, 24)
    canvas.drawString(_LEFT, _TOP - 34, receipt.title)
    y = _TOP - 62
    _rule(canvas, y)
    for name, value in receipt.lines:
        y = _line(canvas, name, value, y)
    canvas.setFont(_FONT, 15)
    canvas.setFillColor(_INK)
    y -= 30
    canvas.drawString(_LEFT, y, receipt.total[0])
    canvas.drawRightString(_RIGHT, y, receipt.total[1])
    if receipt.note:
        canvas.setFont(_FONT, _SIZE)
        canvas.drawString(_LEFT, y - 28, receipt.note)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _line(canvas: Canvas, name: str, value: str, y: float) -> float:
    """Draw a line and the hairline below it; return where the next one begins."""
    names = simpleSplit(name, _FONT, _SIZE, _VALUE_LEFT - _LEFT - 4 * mm)
    values = simpleSplit(value, _FONT, _SIZE, _RIGHT - _VALUE_LEFT)
    canvas.setFont(_FONT, _SIZE)
    for index, text in enumerate(names):
        canvas.setFillColor(_SOFT)
        canvas.drawString(_LEFT, y - _GAP - _LEADING * (index + 0.75), text)
    for index, text in enumerate(values):
        canvas.setFillColor(_INK)
        canvas.drawRightString(_RIGHT, y - _GAP - _LEADING * (index + 0.75), text)
    bottom = y - 2 * _GAP - _LEADING * max(len(names), len(values))
    _rule(canvas, bottom)
    return bottom


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.6)
    canvas.line(_LEFT, y, _RIGHT, y)
