"""Small words of a request's pages: a day by the city's clock, the address of a photo."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.urls import reverse
from django.utils.formats import date_format

from geoserver_app.intake.models import Media
from layers.models import Jurisdiction

register = template.Library()


@register.filter
def day(at: datetime, jurisdiction: Jurisdiction) -> str:
    """The day of a moment where the city is: "November 16"."""
    return date_format(at.astimezone(ZoneInfo(jurisdiction.time_zone)), "MONTH_DAY_FORMAT")


@register.simple_tag
def photo_address(number: str, photo: Media, *, small: bool = False) -> str:
    """Where a photo of a request is; the view asks for rights again."""
    name = photo.file.rpartition("/")[2].removesuffix(".jpg")
    return reverse("follow:photo", args=[number, f"{name}.s" if small else name])
