"""A made-up sales mailbox: everything in it is generated from a seed."""
