"""`python -m crm_inbox.secret_files FOLDER DATABASE_FOLDER HOST`: passwords and keys, as files.

For docker-compose.yml: what is there stays, what is missing is made. DATABASE_FOLDER holds the
one that the database may see. No Django: its settings are what reads these files.
"""

import sys
from pathlib import Path
from secrets import token_hex

from cryptography.fernet import Fernet

from crm_inbox.private_keys import own_key

USER = "crm_inbox"


def make(folder: Path, database_folder: Path, host: str) -> None:
    """The files that the settings ending in _FILE name, in folders that are there."""
    password = own_key(database_folder, "postgres_password", token_hex)
    # Another user reads it there; nobody else enters that folder.
    (database_folder / "postgres_password").chmod(0o444)
    own_key(folder, "database_url", lambda: f"postgresql://{USER}:{password}@{host}:5432/{USER}")
    own_key(folder, "secret_key")
    own_key(folder, "field_encryption_keys", lambda: Fernet.generate_key().decode("ascii"))


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
