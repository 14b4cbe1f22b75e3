"""For rows that workers write and nobody changes by a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrPromise

# What the lists of large tables lead to; who looks for older rows narrows the list down.
MOST = 10_000


def named(
    field: str, name: StrPromise, shape: Callable[[Any], Any] = lambda value: value
) -> Callable[[Model], str]:
    """A field under a name in the reader's language; one in the model would need a migration."""

    @admin.display(description=name, ordering=field)
    def shown(row: Model) -> str:
        words = getattr(row, f"get_{field}_display", None)
        value = words() if words else getattr(row, field)
        return str(display_for_value(shape(value), "-"))

    # Which the administration looks up the help of.
    shown.__name__ = field
    return shown


def narrowed(field: str, name: StrPromise) -> tuple[str, type[admin.ChoicesFieldListFilter]]:
    """A filter by the choices of a field, under such a name."""

    class Narrowed(admin.ChoicesFieldListFilter):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.title = str(name)

    return field, Narrowed


class Newest(Paginator):  # type: ignore[type-arg]  # generic for mypy only
    """Does not count millions of rows for a page of fifty."""

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        return self.object_list[:MOST].count()


class ReadOnly:
    """Nothing is added, changed or removed by a form: owners connect, and workers write.

    Actions are for those only who may change accounts.
    """

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if not request.user.has_perm("sync.change_account"):
            return {}
        return dict(super().get_actions(request))  # type: ignore[misc]
