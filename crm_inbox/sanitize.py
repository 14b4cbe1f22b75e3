"""Mail HTML made safe to show. The frame it is shown in has no scripts and a policy of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape

import nh3

from crm_inbox.links import mark_disguised, safe_target
from crm_inbox.quoting import QUOTE_CLASSES
from crm_inbox.styles import colours, loads, safe_style

_TAGS = (nh3.ALLOWED_TAGS | {"font", "big", "section", "tfoot"}) - {"area", "map"}
_EVERYWHERE = {
    *("align", "bgcolor", "border", "cellpadding", "cellspacing", "class", "color", "dir", "face"),
    *("height", "lang", "size", "style", "title", "valign", "width"),
}
_ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    **{tag: {"datetime"} for tag in ("del", "ins", "time")},
    "*": _EVERYWHERE,
    "a": {"href"},
    "img": {"src", "alt"},
    "blockquote": set(),
    "q": set(),
}
# Nothing else gets past the filter below; without them nh3 would not even ask it.
_SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
_TAG = re.compile(r"<[^>]*>?")
_IMAGE_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[\w+/=\s]*", re.IGNORECASE)
_REMOTE = re.compile(r"(?:https?:)?[/\\]{2}.+", re.IGNORECASE | re.DOTALL)
# Reading takes the longer the deeper elements lie in each other, and browsers stop here, too.
_DEEPEST = 512
# The same holds for characters that are written as entities, or could be.
_MOST_ENTITIES = 50_000
_OPENING = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# They hold nothing, or end by themselves where the next one begins.
_SHALLOW = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead"),
        *("tfoot", "option"),
    )
)
_MEASURE = re.compile(r"\d{1,4}(?:\.\d{1,3})?(?:%|px)?")


@dataclass
class SafeMail:
    """`held_back`: it has images from elsewhere that were left out.

    `coloured`: it chooses colours of its own, which only fit a light page.
    """

    html: str = ""
    held_back: bool = False
    coloured: bool = False


def sanitize(html: str, inline_images: Mapping[str, str], *, remote: bool = False) -> SafeMail:
    """Safe HTML. `inline_images` maps a Content-ID to the address of that part here; with
    `remote`, images from elsewhere are left in.
    """
    if html.count("&") > _MOST_ENTITIES or _depth(html) > _DEEPEST:
        return SafeMail(f"<div>{escape(unescape(_TAG.sub(' ', html)))}</div>")
    keeper = _Keeper(inline_images, remote)
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=keeper.keep,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    keeper.mail.html = mark_disguised(cleaned)
    return keeper.mail


def _depth(html: str) -> int:
    """About how deep elements lie in each other."""
    depth = deepest = 0
    for closing, name in _OPENING.findall(html):
        if name.lower() not in _SHALLOW:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


@dataclass
class _Keeper:
    """Decides what becomes of an attribute, and remembers what it had to leave out."""

    inline_images: Mapping[str, str]
    remote: bool
    mail: SafeMail = field(default_factory=SafeMail)

    def keep(self, tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return safe_target(value)
        if attribute == "src":
            return self._image(value.strip())
        if attribute == "style":
            return self._style(value)
        if attribute in ("bgcolor", "color"):
            self.mail.coloured = True
        if attribute == "class":
            return " ".join(QUOTE_CLASSES.intersection(value.split())) or None
        if attribute in ("width", "height"):
            return value if _MEASURE.fullmatch(value.strip()) else None
        return value

    def _image(self, source: str) -> str | None:
        scheme, _, name = source.partition(":")
        if scheme.lower() == "cid":
            return self.inline_images.get(name.strip("<>"))
        if _IMAGE_DATA.fullmatch(source):
            return source
        if not _REMOTE.fullmatch(source):
            # An address of this site, or nothing that is an image.
            return None
        if not self.remote:
            self.mail.held_back = True
            return None
        return source if ":" in source[:6] else f"https:{source}"

    def _style(self, value: str) -> str | None:
        kept = safe_style(value, remote=self.remote)
        self.mail.held_back |= not self.remote and loads(value)
        self.mail.coloured |= colours(kept)
        return kept or None
