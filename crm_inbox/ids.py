"""Ids as URLs and forms name them."""


def number(text: str) -> int | None:
    """None where the text is no id; 19 digits could be more than a column takes."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
