"""Comparing without accents and case, as the database does it."""

from django.db.models import Func, TextField, Value


class Fold(Func):
    """Lower case without accents: "Żółw" is "zolw". A function of our own, see migration 0003."""

    function = "contacts_fold"
    output_field = TextField()

    def __init__(self, text: str) -> None:
        super().__init__(Value(text))
