"""Whose edition it is: for somebody who does not work on its city's geography there is none."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoserver_app.accounts.models import User
from geoserver_app.console.queue import with_jurisdiction
from geoserver_app.gis.pages import may_edit
from layers.errors import OneMapError
from layers.models import Edition
from layers.quality import report as quality


def edition_of(request: HttpRequest, edition_id: int) -> Edition:
    """An edition with its kind and jurisdiction; Http404 where this person may not work on it."""
    edition = quality.edition_or_none(edition_id)
    if edition is None or not may_edit(request, edition):
        raise Http404(_("There is no such edition."))
    return edition


def user_of(request: HttpRequest) -> User:
    """Who asks; views are open to people who logged in only."""
    assert isinstance(request.user, User)  # noqa: S101  ``requires`` let in nobody else
    return request.user


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that no shared cache keeps."""
    answer = render(request, f"drafts/{template}.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def to(request: HttpRequest, name: str, *arguments: object) -> HttpResponse:
    """The way back after something was done."""
    return HttpResponseRedirect(with_jurisdiction(request, reverse(name, args=arguments)), status=303)


def refused(request: HttpRequest, error: OneMapError) -> None:
    """Says on the next page why something was not done."""
    messages.error(request, str(error))
