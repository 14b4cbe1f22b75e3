"""What the demo that people start is made with."""

SEED = 20
# Known to everybody who reads this: the demo listens on loopback only, and its mail is made up.
USERNAME = "demo"
PASSWORD = "demo"  # noqa: S105 - no secret, see above
