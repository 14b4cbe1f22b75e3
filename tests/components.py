"""What tests need besides Python's packages, and how a test says so.

`@pytest.mark.needs("dovecot")` leaves a test out on a machine without Dovecot; the end of the
run says so, and under CI=true it fails the run (see conftest.py).
"""

import os
import shutil

# A component's name -> its programs on Debian, any of which will do.
PROGRAMS = {
    "dovecot": ("dovecot",),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "mbsync": ("mbsync",),
    "systemd": ("systemd-analyze",),
}


def program(component: str) -> str | None:
    """The path of the component's program, None where the machine has none."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    found = (shutil.which(name, path=path) for name in PROGRAMS[component])
    return next((one for one in found if one), None)
