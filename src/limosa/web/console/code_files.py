"""The codes of a batch as a file: a table, or a sheet of cards to print."""

from collections.abc import Iterator
from typing import TextIO

from django.conf import settings
from django.template.loader import render_to_string

from limosa.domain.redemption.models import CodeBatch
from limosa.web.console.csv_files import csv_lines

_NAMES = ("serial", "code", "amount", "currency", "expires_at")


def write_table(file: TextIO, batch: CodeBatch, codes: Iterator[tuple[int, str]]) -> None:
    """Write a line for each code, as CSV; amounts in major units."""
    amount = str(batch.amount.to_decimal())
    rows = (
        (str(serial), code, amount, batch.currency, batch.expires_at or "")
        for serial, code in codes
    )
    file.writelines(csv_lines(_NAMES, rows))


def write_sheet(
    file: TextIO, batch: CodeBatch, codes: Iterator[tuple[int, str]], *, address: str
) -> None:
    """Write a page of HTML with a card for each code, in the active language. `address`: of the
    page on which they are redeemed."""
    zone = settings.SERVICE_TIME_ZONE
    context = {"batch": batch, "address": address, "service_zone": zone}
    head, foot = render_to_string("console/code_sheet.html", context).split("<!-- cards -->")
    file.write(head)
    for serial, code in codes:
        card = {"serial": serial, "code": code, **context}
        file.write(render_to_string("console/_code_card.html", card))
    file.write(foot)
