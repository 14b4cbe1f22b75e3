"""Importing contacts: upload, preview, and the report, which is there while the import runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from contacts.import_work import work
from contacts.importing import Duplicates, judge
from contacts.lines import MOST_LINES, Line, Outcome, Unreadable
from contacts.models import Upload
from contacts.tables import Column
from contacts.tasks import import_contacts
from crm_inbox.views.access import SignedIn, signed_in
from crm_inbox.views.page import render_fragment, render_page

# Below settings.UPLOAD_LIMIT, so that a file that is too large is told here.
MOST_MEGABYTES = 15
# Lines that the preview judges, and of each outcome shows; the import judges every line again.
JUDGED, SHOWN = 1_000, 20
# More lines than that are imported in the background.
AT_ONCE = 500
AT_ONCE_SECONDS = 20
NAMES = {
    Column.IGNORED: gettext_lazy("not imported"),
    Column.NAME: gettext_lazy("Name"),
    Column.FIRST_NAME: gettext_lazy("First name"),
    Column.LAST_NAME: gettext_lazy("Last name"),
    Column.ORGANIZATION: gettext_lazy("Organization"),
    Column.ADDRESS: gettext_lazy("Email address"),
}
CHOICES = {
    Duplicates.LEAVE: gettext_lazy("Leave these rows out"),
    Duplicates.COMPLETE: gettext_lazy("Add what the contact lacks: addresses, organization"),
    Duplicates.UPDATE: gettext_lazy("The same, and take name and organization from the file"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def upload(request: SignedIn) -> HttpResponse:
    """Take a file; what cannot be read is told at once."""
    Upload.forget_old()
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problem = _("Choose a file first.")
        elif (file.size or 0) > MOST_MEGABYTES * 1_000_000:
            said = {"megabytes": MOST_MEGABYTES}
            problem = _("The file is larger than %(megabytes)s MB. Import it in parts.") % said
        else:
            try:
                kept = Upload.take(request.user, file.name or "", file.read())
            except Unreadable as error:
                problem = _told(error)
            else:
                return redirect("contact_import_preview", kept.pk)
    context = {"problem": problem, "megabytes": MOST_MEGABYTES}
    return render_page(
        request, "contacts/upload.html", context, section="contacts", title=_("Import contacts")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """What each column is and what would become of each line; then the import itself."""
    kept = get_object_or_404(Upload, pk=pk, owner=request.user)
    if kept.state != Upload.State.WAITING:
        return redirect("contact_import_report", pk)
    _choose_columns(kept, request.POST.getlist("column"))
    duplicates = request.POST.get("duplicates", Duplicates.LEAVE)
    wanted = "import" in request.POST and duplicates in CHOICES
    # What nobody has seen is not imported.
    if wanted and request.POST.getlist("previewed") == kept.columns:
        return _begin(kept, duplicates)
    lines = kept.lines()
    judged = judge(lines[:JUDGED])
    context = {
        "file": kept,
        "columns": list(_columns(kept)),
        "choices": NAMES.items(),
        "duplicates": CHOICES.items(),
        "chosen": duplicates,
        "outcomes": list(_outcomes(judged)),
        "known": any(line.outcome == Outcome.KNOWN for line in judged) or len(lines) > JUDGED,
        "unseen": number_format(len(lines) - JUDGED, force_grouping=True)
        if len(lines) > JUDGED
        else "",
        "changed": wanted,
        "can_import": any(line.outcome != Outcome.BROKEN for line in judged),
    }
    return render_page(
        request, "contacts/preview.html", context, section="contacts", title=_("Import contacts")
    )


@require_safe
@signed_in
def report(request: SignedIn, pk: int) -> HttpResponse:
    """How far an import is, and what it did; htmx asks again while it runs."""
    kept = get_object_or_404(Upload.objects.defer("data"), pk=pk, owner=request.user)
    if kept.state == Upload.State.WAITING:
        return redirect("contact_import_preview", pk)
    context = {"file": kept, "running": kept.state == Upload.State.RUNNING}
    if request.htmx:
        return render_fragment(request, "contacts/report.html#progress", context)
    return render_page(
        request, "contacts/report.html", context, section="contacts", title=_("Import contacts")
    )


def _choose_columns(kept: Upload, columns: list[str]) -> None:
    if kept.kind == Upload.Kind.TABLE and len(columns) == len(kept.columns):
        known = {column.value for column in Column}
        kept.columns = [value if value in known else Column.IGNORED for value in columns]


def _begin(kept: Upload, duplicates: str) -> HttpResponse:
    kept.begin(duplicates)
    if kept.total > AT_ONCE or work(kept, AT_ONCE_SECONDS):
        import_contacts.delay(kept.pk)
    return redirect("contact_import_report", kept.pk)


def _told(error: Unreadable) -> str:
    if error.too_long:
        said = {"rows": number_format(MOST_LINES, force_grouping=True)}
        return _("The file has more than %(rows)s contacts. Import it in parts.") % said
    return _(
        "This is neither a CSV file with a line of headings and at least one contact, nor a vCard."
    )


def _columns(kept: Upload) -> Iterator[tuple[str, str, str]]:
    """Heading, what it is taken for, and the first value that is there."""
    if kept.kind == Upload.Kind.TABLE:
        table = kept.table
        for place, (heading, column) in enumerate(zip(table.header, kept.columns, strict=True)):
            values = (row[place] for row in table.rows[:SHOWN] if len(row) > place)
            yield heading, column, next(filter(None, values), "")


def _outcomes(lines: Sequence[Line]) -> Iterator[tuple[Outcome, int, list[Line]]]:
    for outcome in Outcome:
        found = [line for line in lines if line.outcome == outcome]
        if found:
            yield outcome, len(found), found[:SHOWN]
