"""Exports of the journal, payments and differences, as CSV or Parquet."""

import tempfile
from datetime import date, datetime, time, timedelta
from importlib import import_module
from importlib.util import find_spec

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_export import record_export
from limosa.web.console.access import staff_action_page
from limosa.web.console.csv_files import csv_lines, in_blocks
from limosa.web.console.days import DayField
from limosa.web.console.export_tables import TABLES, Span, Table
from limosa.web.console.service_zone import day_zone

_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


def formats() -> list[tuple[str, str]]:
    """Return the file formats available here."""
    return [("csv", "CSV"), *([("parquet", "Parquet")] if find_spec("pyarrow") else [])]


def _tables() -> list[tuple[str, str]]:
    return [(name, str(table.label)) for name, table in TABLES.items()]


class ExportForm(forms.Form):
    """Which table, between which days (both included), in which format."""

    table = forms.ChoiceField(label=_("Action"), choices=_tables)
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))
    kind = forms.ChoiceField(label=_("File"), choices=formats)

    def clean_until(self) -> date:
        """Return the last day. Raises ValidationError if it is before the first."""
        until: date = self.cleaned_data["until"]
        if "since" in self.cleaned_data and until < self.cleaned_data["since"]:
            raise forms.ValidationError(_("The last day is before the first."))
        return until


@staff_action_page(AuditAction.EXPORT)
def export(request: HttpRequest, staff: Subscriber) -> HttpResponseBase:
    """Ask what to export; once the form is valid, send the file."""
    today = timezone.localdate(timezone=day_zone())
    first = today.replace(day=1)
    form = ExportForm(request.GET or None, initial={"since": first, "until": today, "kind": "csv"})
    if not form.is_valid():
        return render(request, "console/export.html", {"form": form, "staff": staff})
    wanted = form.cleaned_data
    name, kind = wanted["table"], wanted["kind"]
    record_export(
        table=name,
        since=wanted["since"],
        until=wanted["until"],
        actor=staff,
        now=timezone.now(),
    )
    span = _span(wanted["since"], wanted["until"])
    file_name = f"limosa-{name}-{wanted['since']}-{wanted['until']}.{kind}"
    if kind == "parquet":
        return _parquet(TABLES[name], span, file_name)
    return StreamingHttpResponse(
        in_blocks(csv_lines(TABLES[name].names, TABLES[name].rows(span))),
        headers={
            "Content-Type": _TYPES[kind],
            "Content-Disposition": f'attachment; filename="{file_name}"',
        },
    )


def _parquet(table: Table, span: Span, file_name: str) -> FileResponse:
    """Write the file to disk first, since its index is at the end; then send it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    import_module("limosa.web.console.parquet_files").write_parquet(table, table.rows(span), file)
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=file_name, content_type=_TYPES["parquet"]
    )


def _span(since: date, until: date) -> Span:
    """Return the first moment, and the first one after the last day."""
    zone = day_zone()
    return (
        datetime.combine(since, time(0), tzinfo=zone),
        datetime.combine(until + timedelta(days=1), time(0), tzinfo=zone),
    )
