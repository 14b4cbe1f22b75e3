"""A conversation: its messages, files and people, and what a person does with them."""
