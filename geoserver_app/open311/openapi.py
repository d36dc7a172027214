"""The OpenAPI document of this door: every address, every answer, so that programs can be made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from geoserver_app.site.program_door import marked

Json = dict[str, Any]
_TEXT: Json = {"type": ["string", "null"]}
_FORM: Json = {"name": "form", "in": "path", "required": True, "schema": {"enum": ["xml", "json"]}}
_PLAIN: Json = {"type": "string"}
_WHERE = {"jurisdiction_id": _PLAIN, "lang": {"enum": ["en", "es"]}}
_ERRORS: Json = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["code", "description"],
        "properties": {"code": {"type": "integer"}, "description": _PLAIN},
    },
}


@require_safe
def openapi(http: HttpRequest) -> HttpResponse:
    """GET /open311/v2/openapi.json"""
    return marked(JsonResponse(document()))


@cache
def document() -> Json:
    """The whole document, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Open311 GeoReport v2",
            "version": "2.0",
            "description": "Open311 GeoReport v2 in XML and JSON, with extensions that are only given when asked for.",
        },
        "servers": [{"url": "/open311"}],
        "paths": {
            "/discovery.{form}": {"parameters": [_FORM], "get": _get("discovery", _discovery(), _WHERE)},
            "/v2/services.{form}": {
                "parameters": [_FORM],
                "get": _get("services", _list(_service()), {**_WHERE, **_numbers("lat", "long")}),
            },
            "/v2/services/{code}.{form}": _named("code", _get("service", _definition(), {**_WHERE, **_EXTENDED})),
            "/v2/requests.{form}": {
                "parameters": [_FORM],
                "get": _get("requests", _list(_request()), _listing()),
                "post": _post("post_request", _created("service_request_id", "token"), _sent(), multipart=True),
            },
            "/v2/requests/{number}.{form}": _named(
                "number", _get("request", _list(_request()), {**_WHERE, **_EXTENDED})
            ),
            "/v2/tokens/{token}.{form}": _named("token", _get("token", _list(_token()), _WHERE)),
            "/v2/servicerequestupdates.{form}": {
                "parameters": [_FORM],
                "get": _get("updates", _list(_update()), {**_WHERE, **_MOMENTS}),
                "post": _post("post_update", _created("update_id"), _sent_update(), multipart=True),
            },
        },
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        },
    }


_EXTENDED: Json = {"extensions": {"enum": ["true"]}}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_MOMENTS: Json = {"start_date": _MOMENT, "end_date": _MOMENT}


def _numbers(*names: str) -> Json:
    return {name: {"type": "number"} for name in names}


def _listing() -> Json:
    return {
        **_WHERE,
        **_EXTENDED,
        **_MOMENTS,
        **dict.fromkeys(("service_request_id", "service_code", "group", "area", "bbox", "cells"), _PLAIN),
        **_numbers("lat", "long", "radius", "lat_sw", "long_sw", "lat_ne", "long_ne"),
        "status": {"enum": ["open", "closed", "open,closed", "recent"]},
        "count": {"enum": ["reports", "incidents"]},
        "updated_after": _MOMENT,
        "updated_before": _MOMENT,
        "requested_from": {"type": "string", "format": "date"},
        "requested_to": {"type": "string", "format": "date"},
        "page": {"type": "integer", "minimum": 1},
        "page_size": {"type": "integer", "minimum": 1, "maximum": 1000},
    }


def _sent() -> Json:
    texts = (
        "jurisdiction_id", "lang", "service_code", "address_string", "address_id", "email", "device_id", "account_id",
        "first_name", "last_name", "phone", "description", "media_url", "idempotency_key", "api_key",
    )  # fmt: skip
    return {
        "type": "object",
        "required": ["service_code"],
        "properties": {**dict.fromkeys(texts, _PLAIN), **_numbers("lat", "long")},
    }


def _sent_update() -> Json:
    needed = ["service_request_id", "update_id", "updated_datetime", "status", "description"]
    return {
        "type": "object",
        "required": needed,
        "properties": dict.fromkeys((*needed, "jurisdiction_id", "lang", "api_key", "media_url"), _PLAIN),
    }


def _get(name: str, schema: Json, query: Mapping[str, Any]) -> Json:
    parameters = [{"name": one, "in": "query", "schema": said} for one, said in query.items()]
    answers = {"200": _answer("As asked.", schema), **_refusals("400", "404", "429", "503")}
    return {"operationId": name, "parameters": parameters, "responses": answers}


def _post(name: str, schema: Json, body: Json, *, multipart: bool = False) -> Json:
    kinds = ["application/x-www-form-urlencoded", *(["multipart/form-data"] if multipart else [])]
    answers = {"201": _answer("Taken in.", schema), **_refusals("400", "403", "404", "429", "503")}
    return {
        "operationId": name,
        "security": [{"key": []}],
        "requestBody": {"required": True, "content": {kind: {"schema": body} for kind in kinds}},
        "responses": answers,
    }


def _named(name: str, get: Json) -> Json:
    parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[^/.]+$"}}
    return {"parameters": [_FORM, parameter], "get": get}


def _answer(said: str, schema: Json) -> Json:
    return {
        "description": said,
        "content": {"application/json; charset=utf-8": {"schema": schema}, "text/xml; charset=utf-8": {}},
    }


def _refusals(*statuses: str) -> Json:
    said = {
        "400": "What was sent cannot be understood or followed.",
        "403": "The api_key is missing, wrong, or not for this.",
        "404": "Something that was named does not exist.",
        "429": "Too many calls; Retry-After says when to come again.",
        "503": "The database does not answer just now.",
    }
    return {status: _answer(said[status], _ERRORS) for status in statuses}


def _object(properties: Json, optional: Sequence[str] = ()) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def _list(item: Json) -> Json:
    return {"type": "array", "items": item}


def _texts(*names: str) -> Json:
    return dict.fromkeys(names, _TEXT)


def _discovery() -> Json:
    endpoint = {**_texts("specification", "url", "changeset"), "type": {"enum": ["production", "test"]},
                "formats": _list(_PLAIN)}  # fmt: skip
    return _object({**_texts("changeset", "contact", "key_service"), "endpoints": _list(_object(endpoint))})


def _service() -> Json:
    return _object({
        **_texts("service_code", "service_name", "description", "keywords", "group"), "metadata": {"type": "boolean"},
        "type": {"enum": ["realtime", "batch", "blackbox"]},
    })  # fmt: skip


def _definition() -> Json:
    datatypes = ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    attribute = {
        "variable": {"type": "boolean"}, "code": _PLAIN, "datatype": {"enum": datatypes},
        "required": {"type": "boolean"}, "datatype_description": _TEXT,
        "order": {"type": "integer", "minimum": 1}, "description": _TEXT,
        "values": _list(_object(_texts("key", "name"))),
    }  # fmt: skip
    return _object({"service_code": _PLAIN, "attributes": _list(_object(attribute))})


def _request() -> Json:
    texts = _texts(
        "service_request_id", "status_notes", "service_name", "service_code", "description", "agency_responsible",
        "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id",
        "zipcode", "media_url",
    )  # fmt: skip
    number = {"type": ["number", "null"]}
    extended = {"attributes": _list({"type": "object"}), "extended_attributes": {"type": "object"},
                "notes": _list({"type": "object"}), "distance": {"type": "number"}}  # fmt: skip
    known = {**texts, "status": {"enum": ["open", "closed"]}, "lat": number, "long": number, **extended}
    return _object(known, optional=list(extended))


def _token() -> Json:
    return _object(_texts("service_request_id", "token"))


def _update() -> Json:
    return _object(
        _texts("update_id", "service_request_id", "status", "updated_datetime", "description", "external_status_code")
    )


def _created(*names: str) -> Json:
    more = _texts("service_notice", "account_id")
    return {**_list(_object({**_texts(*names), **more}, optional=[*names, *more])), "minItems": 1, "maxItems": 1}
