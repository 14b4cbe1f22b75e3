"""Attached files as people see them: what kind they are, and whether they can be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sync.models import Attachment

# How images begin that browsers show without running anything; the sender's word does not count.
_RASTER = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_IMAGES = ("image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/webp")
_PDF = ("application/pdf", "application/x-pdf")

# Icon and name, by the suffix of the file.
_KINDS: dict[str, tuple[str, str | Promise]] = {
    **dict.fromkeys(("pdf",), ("document-text", "PDF")),
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "heic", "bmp"), ("photo", _("Image"))),
    **dict.fromkeys(("svg",), ("photo", _("Drawing"))),
    **dict.fromkeys(("doc", "docx", "odt", "rtf"), ("document-text", _("Text document"))),
    **dict.fromkeys(("xls", "xlsx", "ods", "csv"), ("table-cells", _("Spreadsheet"))),
    **dict.fromkeys(("ppt", "pptx", "odp"), ("presentation-chart-bar", _("Presentation"))),
    **dict.fromkeys(("zip", "rar", "7z", "gz", "tar"), ("archive-box", _("Archive file"))),
    **dict.fromkeys(("mp3", "wav", "ogg", "m4a"), ("musical-note", _("Sound"))),
    **dict.fromkeys(("mp4", "mov", "avi", "mkv", "webm"), ("film", _("Video"))),
    **dict.fromkeys(("ics",), ("calendar-days", _("Calendar entry"))),
    **dict.fromkeys(("vcf",), ("identification", _("Business card"))),
    **dict.fromkeys(("eml", "msg"), ("envelope", _("Message"))),
    **dict.fromkeys(("txt", "md", "log"), ("document-text", _("Text"))),
    **dict.fromkeys(("htm", "html", "xml", "json"), ("code-bracket", _("Code"))),
    **dict.fromkeys(("p7s", "p7m", "asc", "sig"), ("lock-closed", _("Signature"))),
}
_OTHER = ("document", _("File"))


def raster_type(data: bytes) -> str | None:
    """The type of an image that can do nothing but be seen; None for everything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((name for start, name in _RASTER if data.startswith(start)), None)


@dataclass(frozen=True)
class File:
    row: Attachment

    @property
    def suffix(self) -> str:
        return self.row.name.rpartition(".")[2].lower() if "." in self.row.name else ""

    @property
    def icon(self) -> str:
        return self._kind[0]

    @property
    def kind(self) -> str:
        return str(self._kind[1])

    @property
    def _kind(self) -> tuple[str, str | Promise]:
        if self.suffix in _KINDS:
            return _KINDS[self.suffix]
        if self.is_pdf:
            return _KINDS["pdf"]
        return _KINDS["png"] if self.row.content_type in _IMAGES else _OTHER

    @property
    def is_image(self) -> bool:
        return self.row.content_type in _IMAGES

    @property
    def is_pdf(self) -> bool:
        return self.row.content_type in _PDF or (
            self.row.content_type == "application/octet-stream" and self.suffix == "pdf"
        )

    @property
    def can_be_seen(self) -> bool:
        return self.is_image or self.is_pdf
