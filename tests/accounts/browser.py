"""A browser of somebody, and what it would send back from a page of the administration."""

from typing import Any

from django.test import Client

from geoserver_app.accounts.models import User


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(client: Client, page: str) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    context = client.get(page).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for field in form:
            value = field.value()
            widget = field.field.widget
            if hasattr(widget, "widgets_names") and hasattr(widget, "codes"):
                parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
                sent |= {f"{field.html_name}{suffix}": part for suffix, part in parts}
            elif value is not None and value is not False:
                sent[field.html_name] = "on" if value is True else value
    return sent
