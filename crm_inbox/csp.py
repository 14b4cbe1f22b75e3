"""The site's Content-Security-Policy: nothing from elsewhere, nothing inline."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SITE = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
# What no page of ours ever asks a browser for; passkeys only for ourselves.
PERMISSIONS = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(),"
    " gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(),"
    " publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
# A mail's own frame: no script, no form, and from elsewhere nothing but images, if at all. The
# same sandbox as the frame's own, for whoever opens its address by itself.
_MAIL = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox;"
    " default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:{};"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def mail_policy(remote_images: bool) -> str:
    """The policy of a mail's frame."""
    return _MAIL.format(" https: http:" if remote_images else "")


class ContentSecurityPolicy:
    """Middleware: the site's policies on every answer that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", SITE)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
