from typing import TYPE_CHECKING, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from contacts.models import Address, Contact, ContactQuerySet, Organization

# Generic for the type checker only.
if TYPE_CHECKING:
    ContactInline = admin.TabularInline[Address, Contact]
    ContactModelAdmin = admin.ModelAdmin[Contact]
    OrganizationModelAdmin = admin.ModelAdmin[Organization]
else:
    ContactInline = admin.TabularInline
    ContactModelAdmin = OrganizationModelAdmin = admin.ModelAdmin


class AddressInline(ContactInline):
    model = Address
    fields = ("email",)
    extra = 1


@admin.register(Contact)
class ContactAdmin(ContactModelAdmin):
    list_display = ("name", "organization", "created_at")
    list_select_related = ("organization",)
    search_fields = ("name",)
    autocomplete_fields = ("organization",)
    inlines = (AddressInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        return cast(ContactQuerySet, queryset).search(search_term), False


@admin.register(Organization)
class OrganizationAdmin(OrganizationModelAdmin):
    search_fields = ("name",)
