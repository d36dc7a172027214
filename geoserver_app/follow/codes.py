"""Number and code are tried: the same answer, after the same time, whether or not there is such a request."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoserver_app.accounts.visitors import client_address
from geoserver_app.follow import access
from geoserver_app.follow.door import Asked
from geoserver_app.follow.limits import take_try
from geoserver_app.notify.links import Purpose

LONGEST = 40


class WrongCode(Exception):
    """The code opens nothing; the message is for the page, ``status`` for its answer."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def open_with_code(http: HttpRequest, said: Asked, code: str) -> None:
    """Opens the request on this device; WrongCode where number and code do not go together, or after too many tries."""
    tried = take_try(said.number, client_address(http), said.at)
    right = access.is_code_of(said.request, code[:LONGEST])
    if not tried.allowed:
        raise WrongCode(_("Too many wrong codes. Please wait an hour, or call us."), 429)
    if not right or said.request is None:
        raise WrongCode(_("This number and this code do not go together. Please look at both again."), 404)
    tried.give_back()
    access.grant(http, said.request, Purpose.OWN, said.at)
