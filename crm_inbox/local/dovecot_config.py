"""What a private Dovecot is told to be, as the texts of its configuration (Dovecot 2.3)."""

from __future__ import annotations

import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

SPECIAL_FOLDERS = ("Sent", "Drafts", "Trash", "Junk", "Archive")
_CONFIG = """\
base_dir = {sockets}
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = {listen}
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
mail_max_userip_connections = 1000
mailbox_idle_check_interval = 1 secs
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_chars =
auth_username_format = %u
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
{mailboxes}
}}
service imap-login {{
  chroot =
  service_count = 0
  client_limit = 500
  process_limit = 4
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service imap {{
  process_limit = 500
}}
{tls}
{tokens}
"""
# Who may come in with a token (RFC 7662); people keep their mailboxes as they are.
_TOKENS = """\
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
_INTROSPECTION = """\
introspection_url = {url}
introspection_mode = post
username_attribute = username
active_attribute = active
active_value = true
timeout_msecs = 10000
"""
_TLS = """\
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
"""


@dataclass(frozen=True)
class Plan:
    """Where it lives and listens; without TLS `tls_port` is 0, without tokens `token_check` ""."""

    folder: Path
    sockets: Path
    port: int
    tls_port: int
    separator: str
    token_check: str
    listen: str

    def files(self) -> dict[str, str]:
        """Texts by file name."""
        checks = {"oauth2.conf": _INTROSPECTION.format(url=self.token_check)}
        return {"dovecot.conf": self._main(), **(checks if self.token_check else {})}

    def _main(self) -> str:
        user, gid = _whose()
        mailboxes = "\n".join(
            f"  mailbox {name} {{\n    special_use = \\{name}\n    auto = create\n  }}"
            for name in SPECIAL_FOLDERS
        )
        return _CONFIG.format(
            folder=self.folder,
            listen=self.listen,
            sockets=self.sockets,
            user=user.pw_name,
            group=grp.getgrgid(gid).gr_name,
            uid=user.pw_uid,
            gid=gid,
            separator=self.separator,
            mailboxes=mailboxes,
            port=self.port,
            tls_port=self.tls_port,
            tls=_TLS.format(folder=self.folder) if self.tls_port else "ssl = no",
            tokens=_TOKENS.format(folder=self.folder) if self.token_check else "",
        )


def _whose() -> tuple[pwd.struct_passwd, int]:
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody")
        # ordinary_user maps the group's number to the user's.
        return user, user.pw_uid
    return pwd.getpwuid(os.getuid()), os.getgid()
