"""`python -m crm_inbox.local stop [FOLDER]` ends the private servers of a data folder."""

import os
import sys
from pathlib import Path

from crm_inbox.local import postgres, valkey

if sys.argv[1:2] != ["stop"] or len(sys.argv) > 3:
    sys.exit("usage: python -m crm_inbox.local stop [FOLDER]")
folder = Path(sys.argv[2] if len(sys.argv) == 3 else os.environ.get("DATA_DIR", ".data")).resolve()
for name, server in (("PostgreSQL", postgres), ("Valkey", valkey)):
    print(f"{name} stopped." if server.stop(folder) else f"No {name} runs there.")
