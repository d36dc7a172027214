"""Log-ins, what they may do, and whose mail they get: people and roles of one's own jurisdictions."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from geoserver_app.accounts.doors import request_rights
from geoserver_app.accounts.models import Assignment, PostHolder, User
from geoserver_app.accounts.roles import Capability
from geoserver_app.admin.scope import Scoped

# Who somebody is stands in one place: the user. The log-in's own tables are not for editing.
for _model in (Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class AssignmentInline(Scoped, admin.TabularInline):
    """Roles with their scopes, of the administrator's own jurisdictions."""

    model = Assignment
    extra = 0


class PostHolderInline(Scoped, admin.TabularInline):
    model = PostHolder
    path = "post__department__jurisdiction"
    extra = 0


@admin.register(User)
class StaffAdmin(UserAdmin):
    """A person. Superusers are shown to, and made by, superusers only (or on the command line)."""

    inlines = (AssignmentInline, PostHolderInline)
    list_display = ("username", "first_name", "last_name", "email", "is_active", "last_login", "second_factor")
    list_filter = ("is_active", "assignments__role")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Log-in", {"fields": ("is_active", "is_superuser", "last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    actions = ("remove_second_factor",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Everybody for a superuser; else nobody who is a superuser or has a role in another jurisdiction."""
        found: QuerySet[User] = super().get_queryset(request)
        if request.user.is_superuser:
            return found
        own = request_rights(request).jurisdictions(Capability.MANAGE_PEOPLE)
        elsewhere = Assignment.objects.exclude(jurisdiction__in=own)
        return found.filter(is_superuser=False).exclude(pk__in=elsewhere.values("user"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        own = tuple(super().get_readonly_fields(request, obj))
        return own if request.user.is_superuser else (*own, "is_superuser")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what they did stays theirs: set inactive

    @admin.display(boolean=True, description="second factor")
    def second_factor(self, user: User) -> bool:
        return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())

    @admin.action(description="Remove the second factor (the telephone was lost)")
    def remove_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        count, _ = Authenticator.objects.filter(user__in=users).delete()
        self.message_user(request, f"Removed {count} authenticators. Their owners should set up new ones at once.")
