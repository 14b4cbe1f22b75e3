"""Importing contacts in two steps, upload and preview, and exporting them."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from contacts.importing import (
    MOST_ROWS,
    Column,
    Line,
    Outcome,
    Table,
    UnreadableTable,
    export,
    guess_columns,
    plan,
    read_table,
    write,
)
from contacts.models import Contact
from contacts.upload import Upload
from crm_inbox.views.access import SignedIn, signed_in
from crm_inbox.views.page import render_page

MOST_BYTES = 5_000_000
# Lines of each outcome that the preview shows.
SHOWN = 20
NAMES = {
    Column.IGNORED: gettext_lazy("not imported"),
    Column.NAME: gettext_lazy("Name"),
    Column.FIRST_NAME: gettext_lazy("First name"),
    Column.LAST_NAME: gettext_lazy("Last name"),
    Column.ORGANIZATION: gettext_lazy("Organization"),
    Column.ADDRESS: gettext_lazy("Email address"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def upload(request: SignedIn) -> HttpResponse:
    """Take a CSV file; what cannot be read is told at once."""
    Upload.forget_old()
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problem = _("Choose a file first.")
        elif (file.size or 0) > MOST_BYTES:
            problem = _("The file is larger than 5 MB. Import it in parts.")
        else:
            data = file.read()
            problem = _trouble(data)
            if not problem:
                kept = Upload.objects.create(
                    owner=request.user, name=(file.name or "")[:255], data=data
                )
                return redirect("contact_import_preview", kept.pk)
    context = {"problem": problem}
    return render_page(
        request, "contacts/upload.html", context, section="contacts", title=_("Import contacts")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """What each column is and what would become of each line; then the import itself."""
    kept = get_object_or_404(Upload, pk=pk, owner=request.user)
    table = read_table(bytes(kept.data))
    columns = _columns(request, table)
    lines = plan(table, columns)
    if request.method == "POST" and "import" in request.POST:
        try:
            count = write(lines)
        except IntegrityError:
            said = _("Somebody has added one of these addresses meanwhile. Look again.")
            messages.error(request, said)
            return redirect("contact_import_preview", pk)
        kept.delete()
        text = ngettext("%(count)s contact imported.", "%(count)s contacts imported.", count)
        messages.success(request, text % {"count": count})
        return redirect("contacts")
    context = {
        "file": kept,
        "columns": [
            (name, column, next((row[place] for row in table.rows if len(row) > place), ""))
            for place, (name, column) in enumerate(zip(table.header, columns, strict=True))
        ],
        "choices": NAMES.items(),
        "outcomes": list(_outcomes(lines)),
        "can_import": any(line.outcome == Outcome.NEW for line in lines),
    }
    return render_page(
        request, "contacts/preview.html", context, section="contacts", title=_("Import contacts")
    )


@require_safe
@signed_in
def export_csv(request: SignedIn) -> HttpResponseBase:
    """All contacts, row by row."""
    writer = csv.writer(_Echo())
    rows = (writer.writerow(row) for row in export(Contact.objects.all()))
    # The mark tells spreadsheets that it is UTF-8.
    response = StreamingHttpResponse(_marked(rows), content_type="text/csv; charset=utf-8")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="contacts-{day}.csv"'
    return response


class _Echo:
    """Gives csv.writer's caller each row as it is written."""

    def write(self, text: str) -> str:
        return text


def _marked(rows: Iterator[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from rows


def _trouble(data: bytes) -> str:
    try:
        read_table(data)
    except UnreadableTable as error:
        if error.too_long:
            return _("The file has more than %(rows)s rows. Import it in parts.") % {
                "rows": MOST_ROWS
            }
        return _("This is no CSV file with a line of headings and at least one contact.")
    return ""


def _columns(request: SignedIn, table: Table) -> list[Column]:
    """As the person chose, else as the headings suggest."""
    chosen = request.POST.getlist("column")
    if len(chosen) != len(table.header):
        return guess_columns(table.header)
    known = {column.value for column in Column}
    return [Column(value) if value in known else Column.IGNORED for value in chosen]


def _outcomes(lines: list[Line]) -> Iterator[tuple[Outcome, int, list[Line]]]:
    for outcome in Outcome:
        found = [line for line in lines if line.outcome == outcome]
        if found:
            yield outcome, len(found), found[:SHOWN]
