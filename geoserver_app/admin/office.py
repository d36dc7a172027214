"""City hall with its hours and holidays, departments with their posts, agencies."""

from django import forms
from django.contrib import admin
from django.db import models

from geoserver_app.admin.scope import NeverDeleted, Scoped
from geoserver_app.admin.texts import TextsField
from geoserver_app.org.models import Agency, CityHall, Department, Holiday, OfficeHours, Post


class NamesForm(forms.ModelForm):
    """A name with its translations."""

    names = TextsField(first=False, label="Name in other languages")


class OfficeHoursInline(admin.TabularInline):
    model = OfficeHours
    extra = 0


class HolidayInline(admin.TabularInline):
    """Closed days; ``load_holidays`` fills them in for years to come."""

    model = Holiday
    form = NamesForm
    extra = 0
    ordering = ("-day",)


@admin.register(CityHall)
class CityHallAdmin(NeverDeleted, Scoped, admin.ModelAdmin):
    """Telephone, languages, hours, holidays and host names of a jurisdiction's office."""

    list_display = ("jurisdiction", "telephone", "languages")
    inlines = (OfficeHoursInline, HolidayInline)


class PostInline(NeverDeleted, admin.TabularInline):
    """The desks that mail goes to; who sits there stands with the people."""

    model = Post
    form = NamesForm
    extra = 0


@admin.register(Department)
class DepartmentAdmin(NeverDeleted, Scoped, admin.ModelAdmin):
    """Departments are set inactive, not deleted: requests of all years name them."""

    form = NamesForm
    inlines = (PostInline,)
    list_display = ("code", "name", "telephone", "email", "active")
    list_filter = ("active",)
    search_fields = ("code", "name")


@admin.register(Agency)
class AgencyAdmin(NeverDeleted, Scoped, admin.ModelAdmin):
    """Whoever outside City Hall does what the city does not."""

    form = NamesForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("code", "name", "telephone", "email", "active")
    list_filter = ("active",)
    search_fields = ("code", "name")
