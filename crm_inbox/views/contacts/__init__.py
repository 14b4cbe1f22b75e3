"""The pages of the contacts, which all users share."""
