"""Private servers in user space, for the demo, the tests and development; never production."""
