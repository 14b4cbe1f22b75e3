"""Well-known mail providers: their IMAP servers, and how they let programs in. No Django."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """`hint` is the code of what people must do first at the provider, "" for nothing."""

    name: str
    host: str
    port: int = 993
    security: str = "tls"
    hint: str = ""
    # The user name is the part before the @.
    short_username: bool = False


GOOGLE = Provider("Gmail", "imap.gmail.com", hint="app_password")
MICROSOFT = Provider("Microsoft 365", "outlook.office365.com", hint="oauth_only")
_YAHOO = Provider("Yahoo", "imap.mail.yahoo.com", hint="app_password")
_ICLOUD = Provider("iCloud", "imap.mail.me.com", hint="app_password", short_username=True)
_GMX = Provider("GMX", "imap.gmx.net", hint="turn_on_imap")
_ONET = Provider("Onet", "imap.poczta.onet.pl", hint="turn_on_imap")
_WP = Provider("WP", "imap.wp.pl", hint="turn_on_imap")

BY_DOMAIN = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), GOOGLE),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "msn.com"), MICROSOFT),
    **dict.fromkeys(("yahoo.com", "yahoo.co.uk", "yahoo.de", "ymail.com"), _YAHOO),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _ICLOUD),
    **dict.fromkeys(("gmx.com", "gmx.net", "gmx.de", "gmx.at", "gmx.ch"), _GMX),
    **dict.fromkeys(("onet.pl", "op.pl", "vp.pl", "onet.eu", "poczta.onet.pl"), _ONET),
    "wp.pl": _WP,
    "o2.pl": Provider("o2", "poczta.o2.pl", hint="turn_on_imap"),
    "interia.pl": Provider("Interia", "poczta.interia.pl", hint="turn_on_imap"),
    "gazeta.pl": Provider("Gazeta", "imap.gazeta.pl"),
    "web.de": Provider("WEB.DE", "imap.web.de", hint="turn_on_imap"),
    "t-online.de": Provider("T-Online", "secureimap.t-online.de", hint="app_password"),
    "fastmail.com": Provider("Fastmail", "imap.fastmail.com", hint="app_password"),
    "aol.com": Provider("AOL", "imap.aol.com", hint="app_password"),
    "zoho.com": Provider("Zoho", "imap.zoho.com", hint="app_password"),
    "zoho.eu": Provider("Zoho", "imap.zoho.eu", hint="app_password"),
    "yandex.com": Provider("Yandex", "imap.yandex.com", hint="app_password"),
    "orange.fr": Provider("Orange", "imap.orange.fr"),
    "free.fr": Provider("Free", "imap.free.fr"),
}

# The end of a mail exchanger's name -> whose it is, for companies with a domain of their own.
BY_EXCHANGER = {
    "google.com": GOOGLE,
    "googlemail.com": GOOGLE,
    "outlook.com": MICROSOFT,
    "messagingengine.com": BY_DOMAIN["fastmail.com"],
    "zoho.com": BY_DOMAIN["zoho.com"],
    "zoho.eu": BY_DOMAIN["zoho.eu"],
    "home.pl": Provider("home.pl", "imap.home.pl"),
    "ovh.net": Provider("OVH", "ssl0.ovh.net"),
    "yandex.net": BY_DOMAIN["yandex.com"],
    "icloud.com": _ICLOUD,
}
