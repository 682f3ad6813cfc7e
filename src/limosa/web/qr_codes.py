"""QR codes, all drawn alike."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(text: str) -> SafeString:
    """Return a QR code as SVG, dark on transparent; its frame provides the white background."""
    drawn = segno.make(text, error="m").svg_inline(
        omitsize=True, border=0, svgclass=None, lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 -- segno draws a path; no text of ours is in it.
