"""Words of the log-in page."""

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from geoserver_app.accounts.demo import LOGINS, DemoLogin

register = template.Library()


@register.simple_tag
def demo_logins() -> list[DemoLogin]:
    """The log-ins that everybody may try; none outside the demonstration."""
    return list(LOGINS) if settings.DEMO else []


@register.simple_tag
def password_by_mail() -> bool:
    """Whether a forgotten password can be replaced by mail: only where mail is set up."""
    return bool(settings.PASSWORD_BY_MAIL)


@register.simple_tag
def form_fields(form: BaseForm) -> SafeString:
    """The fields of a form, as on every other page of the log-in."""
    return render_to_string("allauth/elements/fields.html", {"attrs": {"form": form}})
