"""Mail HTML made safe to show. The frame it is shown in has no scripts and a policy of its own."""

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from urllib.parse import urlsplit

import nh3
from django.utils.translation import gettext as _

_TAGS = nh3.ALLOWED_TAGS | {"font", "center", "big", "section", "article", "header", "footer"}
_EVERYWHERE = {
    *("align", "bgcolor", "border", "cellpadding", "cellspacing", "class", "color", "dir", "face"),
    *("height", "lang", "size", "style", "title", "valign", "width"),
}
_ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": _EVERYWHERE,
    "a": {"href", "name"},
    "img": {"src", "alt"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
_IMAGE_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_REMOTE = re.compile(
    r"(?:src|background)\s*=\s*[\"']?\s*(?:https?:)?//|url\(\s*[\"']?https?:", re.I
)
_LINK = re.compile(r'(<a href="(https?://[^"]*)"[^>]*>)(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LOOKS_LIKE_A_HOST = re.compile(
    r"^(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:?#]|$)", re.IGNORECASE
)


def sanitize(html: str, inline_images: Mapping[str, str]) -> str:
    """Safe HTML. `inline_images` maps a Content-ID to the address of that part."""
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_address_filter(inline_images),
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return _LINK.sub(_mark_disguised, cleaned)


def has_remote_images(html: str) -> bool:
    """Would showing it ask a server elsewhere for something?"""
    return _REMOTE.search(html) is not None


def _address_filter(
    inline_images: Mapping[str, str],
) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        scheme = value.strip().partition(":")[0].lower()
        if attribute == "href":
            return None if scheme in ("cid", "data") else value
        if attribute != "src":
            return value
        if scheme == "cid":
            return inline_images.get(value.strip()[4:].strip("<>"))
        if scheme == "data":
            return value if _IMAGE_DATA.match(value.strip()) else None
        return value

    return keep


def _mark_disguised(link: re.Match[str]) -> str:
    """A link that shows one address and leads to another says where it leads."""
    start, target, inside = link.groups()
    shown = _LOOKS_LIKE_A_HOST.match(unescape(_TAG.sub("", inside)).strip())
    host = urlsplit(unescape(target)).hostname or ""
    if shown is None or _same_site(shown[1].lower(), host):
        return link[0]
    warning = _("leads to %(host)s") % {"host": host}
    return f'{start}{inside}</a> <strong class="disguised">({escape(warning)})</strong>'


def _same_site(one: str, other: str) -> bool:
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
