"""A mail's inline styles made safe: what may look, and nothing that fetches, covers or stretches.

An allow-list of properties and of what their values are made of. The frame of a mail grows to its
content, so that a height in parts of the window (`vh`) would let it grow for ever.
"""

from __future__ import annotations

import re

_SIDES = ("", "-top", "-right", "-bottom", "-left")
_PROPERTIES = {
    *("background", "background-color", "background-image", "background-position"),
    *("background-repeat", "background-size", "color", "opacity", "visibility", "display"),
    *("font", "font-family", "font-size", "font-style", "font-variant", "font-weight"),
    *("line-height", "letter-spacing", "word-spacing", "text-align", "text-decoration"),
    *("text-indent", "text-transform", "white-space", "word-break", "word-wrap"),
    *("overflow-wrap", "direction", "unicode-bidi", "vertical-align", "list-style-type"),
    *("list-style-position", "table-layout", "border-collapse", "border-spacing", "empty-cells"),
    *("width", "height", "min-width", "max-width", "min-height", "max-height", "overflow"),
    *("float", "clear", "box-sizing", "border-radius", "border-color", "border-style"),
    *("border-width", "outline"),
    *(f"{box}{side}" for box in ("border", "margin", "padding") for side in _SIDES),
    *(f"border{side}-{what}" for side in _SIDES[1:] for what in ("color", "style", "width")),
}
_LOADING = ("background", "background-image")
_COLOURING = ("background", "background-color", "background-image", "color")
# Where a negative length would pull text over what the page says about the mail.
_NOT_NEGATIVE = ("margin", "text-indent", "letter-spacing", "word-spacing")
_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "calc", "min", "max", "linear-gradient"}
_LONGEST = 10_000

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What is not closed lasts to the end. Nothing is looked at twice: a style may be made to take long.
_DECLARATIONS = re.compile(r"""(?:[^;"'(]++|"[^"]*+"?+|'[^']*+'?+|\([^)]*+\)?+)++""")
_VALUE = re.compile(r"[\w\s#%.,'\"()+!*/-]+")
_FUNCTION = re.compile(r"(?<![\w-])([\w-]++)\s*+\(")
# Parts of the window, and lengths beyond all reason. A colour such as #777777 is none.
_UNFIT = re.compile(r"\d\s*[sld]?v(?:h|w|i|b|min|max)\b|\d{5}|\d\.?e[+-]?\d", re.IGNORECASE)
_COLOUR = re.compile(r"#[\da-f]{3,8}\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?<![\w.)])-\s*[.\d]")
_URL = re.compile(r"url\(\s*([\"']?)(https?://[^\s\"'()\\]+)\1\s*\)", re.IGNORECASE)


def safe_style(style: str, *, remote: bool) -> str:
    """The declarations that may stay; with `remote` backgrounds from elsewhere, too."""
    kept = []
    for text in _DECLARATIONS.findall(_COMMENT.sub("", style[:_LONGEST])):
        name, _, value = (part.strip() for part in text.partition(":"))
        name = name.lower()
        if name in _PROPERTIES and _is_safe(name, value, remote):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)


def loads(style: str) -> bool:
    """Would it ask a server elsewhere for something?"""
    return _URL.search(style) is not None


def colours(style: str) -> bool:
    """Does it choose colours of its own?"""
    return any(text.partition(":")[0].strip().lower() in _COLOURING for text in style.split(";"))


def _is_safe(name: str, value: str, remote: bool) -> bool:
    if name in _LOADING and remote:
        value = _URL.sub("", value) or "none"
    return bool(
        _VALUE.fullmatch(value)
        and all(one.lower() in _FUNCTIONS for one in _FUNCTION.findall(value))
        and not _UNFIT.search(_COLOUR.sub("", value))
        and not (name.startswith(_NOT_NEGATIVE) and _NEGATIVE.search(value))
    )
