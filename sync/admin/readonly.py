"""For rows that workers write and nobody changes by a form."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

# What the lists of large tables lead to; who looks for older rows narrows the list down.
MOST = 10_000


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
