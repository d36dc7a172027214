from django.contrib import admin

from geoserver_app.org.models import CityHall, OfficeHours


class OfficeHoursInline(admin.TabularInline):
    model = OfficeHours
    extra = 0


@admin.register(CityHall)
class CityHallAdmin(admin.ModelAdmin):
    """Telephone, languages, hours and host names of a jurisdiction's office."""

    list_display = ("jurisdiction", "telephone", "languages")
    inlines = (OfficeHoursInline,)
