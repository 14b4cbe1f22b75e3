"""The HTML side of letters and the newsletters' pages."""

# ruff: noqa: E501 (markup reads better unbroken)

from html import escape

_LETTER = "font-family:Calibri,Arial,sans-serif;font-size:11pt;color:#1f2328"
_QUOTE = "margin:0 0 0 8px;border-left:2px solid #b9c0c8;padding-left:10px;color:#57606a"


def letter(body: str, signature: list[str], quoted: str, logo: str = "") -> str:
    """A letter as a mail program would write it; `logo` is the Content-ID of an inline image."""
    image = f'<br><img src="cid:{logo}" width="120" height="40" alt="logo">' if logo else ""
    lines = "<br>".join(escape(line) for line in signature)
    signed = f'<p style="color:#57606a;font-size:10pt">{lines}{image}</p>' if signature else ""
    quote = f'<blockquote type="cite" style="{_QUOTE}">{paragraphs(quoted)}</blockquote>'
    return (
        f'<html><head><meta charset="utf-8"></head><body><div style="{_LETTER}">'
        f"{paragraphs(body)}{signed}</div>{quote if quoted else ''}</body></html>"
    )


def paragraphs(text: str) -> str:
    """Plain text as HTML paragraphs."""
    blocks = (escape(block).replace("\n", "<br>") for block in text.split("\n\n"))
    return "".join(f"<p>{block}</p>\n" for block in blocks)


def newsletter(
    *, site: str, brand: str, headline: str, stories: list[tuple[str, str]], leave: str, colour: str
) -> str:
    """A newsletter's page: tables, inline styles, remote pictures and a tracking pixel."""
    rows = "".join(_story(site, title, text, i, colour) for i, (title, text) in enumerate(stories))
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(headline)}</title>
<style>a{{color:{colour}}} .wrap{{max-width:600px}} @media(max-width:480px){{.wrap{{width:100%}}}}</style>
</head><body style="margin:0;background:#f4f4f1">
<table width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table class="wrap" width="600" cellpadding="24" cellspacing="0" style="background:#ffffff">
<tr><td style="background:{colour};color:#ffffff;font:700 22px Georgia,serif">{escape(brand)}</td></tr>
<tr><td><img src="https://img.{site}/header.jpg" width="552" alt=""><h1>{escape(headline)}</h1></td></tr>
{rows}
<tr><td style="font:12px Arial,sans-serif;color:#777777"><a href="https://{site}/leave">{escape(leave)}</a></td></tr>
</table></td></tr></table>
<img src="https://track.{site}/open.gif?c=8812" width="1" height="1" alt=""></body></html>
"""


def _story(site: str, title: str, text: str, number: int, colour: str) -> str:
    return (
        f'<tr><td><img src="https://img.{site}/story-{number}.jpg" width="180" align="left" '
        f'style="margin-right:16px" alt=""><h2 style="font:600 18px Arial;color:{colour}">'
        f"{escape(title)}</h2><p>{escape(text)}</p>"
        f'<a href="https://{site}/read/{number}">→</a></td></tr>'
    )
