"""Links in mail: where they may lead, and those that show another address than they lead to."""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

_LINK = re.compile(r'(<a\b[^>]*?\bhref="([^"]*)"[^>]*>)(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Browsers take tabs and line ends out of an address, and controls off its ends.
_UNSEEN = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_WEB = re.compile(r"(https?):[/\\]*(.+)", re.IGNORECASE | re.DOTALL)
_HOST = r"((?:[\w-]+\.)+[^\W\d_]{2,})"
# A name before the host is looked for only so far: many that have none would take for ever.
_NAMED = re.compile(rf"(?:https?:/*|www\.)(?:[^\s/@]{{0,200}}@)?{_HOST}", re.IGNORECASE)
_BARE = re.compile(rf"^(?:[\w.+-]+@)?{_HOST}(?:[/:?#]|$)", re.IGNORECASE)
# "report.pdf" is a file, not a site.
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|csv|txt|rtf|zip|rar|7z|png|jpe?g|gif|svg|html?|js|ics|eml)$"
)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
# Characters of a link's text. Nobody reads on to see which address it ends with.
_LONGEST_TEXT = 10_000
# Of a host's name (RFC 1035, 2.3.4).
_LONGEST_HOST = 255
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def safe_target(href: str) -> str | None:
    """The address as browsers understand it; None where a mail may not lead there.

    An address without a scheme would lead into this site, so it leads nowhere.
    """
    text = _UNSEEN.sub("", href)
    web = _WEB.fullmatch(text)
    if web:
        host, slash, rest = re.split(r"([/\\?#])", web[2] + "/", maxsplit=1)
        rest = f"{slash}{rest}"[:-1].replace("\\", "/")
        return f"{web[1].lower()}://{host}{rest}"
    return text if text.lower().startswith(("mailto:", "tel:")) else None


def mark_disguised(html: str) -> str:
    """Sanitised HTML in which a link that shows another address says where it leads."""
    return _LINK.sub(_marked, html)


def _marked(link: re.Match[str]) -> str:
    start, target, inside = link.groups()
    host = host_of(unescape(target))
    text = unescape(_TAG.sub("", inside))
    if not host or not _is_disguised(text, host):
        return link[0]
    warning = _("leads to %(host)s") % {"host": host}
    return f'{start}{inside}</a> <strong class="disguised">({escape(warning)})</strong>'


def host_of(target: str) -> str:
    """Where a link leads: the host, of an email address its domain."""
    if target.lower().startswith("mailto:"):
        return unquote(target[7:]).partition("?")[0].rpartition("@")[2].strip().lower()
    try:
        return (urlsplit(target).hostname or "").rstrip(".")
    except ValueError:
        return target.partition("://")[2].partition("/")[0]


def _is_disguised(text: str, host: str) -> bool:
    if len(text) > _LONGEST_TEXT or _TURNS.search(text):
        return True
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).replace("。", ".").strip()
    shown = {found.lower() for found in _NAMED.findall(plain)}
    bare = _BARE.match(plain.lower())
    if bare and not _FILE.search(bare[1]):
        shown.add(bare[1])
    return any(not _same_site(_ascii(one), _ascii(host)) for one in shown)


def _same_site(one: str, other: str) -> bool:
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _ascii(host: str) -> str:
    if len(host) > _LONGEST_HOST:
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
