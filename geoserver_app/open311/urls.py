"""Open311's addresses: the format is the last part of the path; without one it is XML, with another one there is none.

A base address that ends in a slash, joined to "/services.xml", has two: both are answered.
"""

from django.urls import re_path

from geoserver_app.open311 import discovery, listing, openapi, post, services, tokens, updates
from geoserver_app.open311.door import door, nowhere

app_name = "open311"
_FORM = r"(?:\.(?P<form>xml|json))?"
_V2 = r"^v2/+"

urlpatterns = [
    re_path(r"^discovery" + _FORM + "$", door(get=discovery.discovery), name="discovery"),
    re_path(_V2 + "openapi.json$", openapi.openapi, name="openapi"),
    re_path(_V2 + "services" + _FORM + "$", door(get=services.service_list), name="services"),
    re_path(_V2 + "services/(?P<code>[^/]+?)" + _FORM + "$", door(get=services.definition), name="service"),
    re_path(_V2 + "requests" + _FORM + "$", door(get=listing.request_list, post=post.post_request), name="requests"),
    re_path(_V2 + "requests/(?P<number>[^/]+?)" + _FORM + "$", door(get=listing.one_request), name="request"),
    re_path(_V2 + "tokens/(?P<token>[^/]+?)" + _FORM + "$", door(get=tokens.token_state), name="token"),
    re_path(
        _V2 + "servicerequestupdates" + _FORM + "$",
        door(get=updates.update_list, post=updates.post_update),
        name="updates",
    ),
    re_path(r"^.*?" + _FORM + "$", door(get=nowhere, post=nowhere), name="nowhere"),
]
