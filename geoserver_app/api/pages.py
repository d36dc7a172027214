"""GET /api/docs: the OpenAPI document as a page to read, without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A parameter, or a part of what is sent or answered. ``kind`` is its type in short."""

    name: str
    kind: str
    needed: bool
    said: str


@dataclass(frozen=True)
class Operation:
    """One address and method. ``needs_key``: nobody comes in without one."""

    name: str
    method: str
    path: str
    said: str
    needs_key: bool
    parameters: list[Field]
    sent: list[Field]
    answered: list[Field]
    refused: list[tuple[str, str]]


def docs_of(api: NinjaAPI) -> Any:
    """The view that shows an API's document."""

    @require_safe
    def docs(request: HttpRequest) -> HttpResponse:
        document = api.get_openapi_schema(path_prefix=reverse("api_landing").lstrip("/"))
        context = {"operations": list(_operations(document)), "document": reverse("api:openapi-json")}
        return render(request, "api/docs.html", context)

    return docs


def _operations(document: Json) -> Iterator[Operation]:
    schemas: Json = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            yield _operation(method, path, one, schemas)


def _operation(method: str, path: str, one: Json, schemas: Json) -> Operation:
    good = next(answer for status, answer in one["responses"].items() if str(status).startswith("2"))
    refused = [
        (str(status), answer["description"]) for status, answer in one["responses"].items() if answer is not good
    ]
    return Operation(
        name=one["operationId"],
        method=method.upper(),
        path=path,
        said=one.get("description", ""),
        needs_key={} not in one["security"],
        parameters=[_field(each["name"], each["schema"], each["required"]) for each in one["parameters"]],
        sent=list(_fields(one["requestBody"], schemas)) if "requestBody" in one else [],
        answered=list(_fields(good, schemas)),
        refused=refused,
    )


def _fields(holder: Json, schemas: Json) -> Iterator[Field]:
    """The parts of a body; of a list, those of its items after it."""
    schema = holder["content"]["application/json"]["schema"]
    found = schemas[_name(schema)] if "$ref" in schema else schema
    for name, part in found["properties"].items():
        yield _field(name, part, name in found.get("required", ()))
        if name == "items":
            inner = schemas[_name(part["items"])]
            yield from (_field(f"items[].{key}", each, key in inner.get("required", ()))
                        for key, each in inner["properties"].items())  # fmt: skip


def _field(name: str, schema: Json, needed: bool) -> Field:
    return Field(name, _kind(schema), needed, schema.get("description", ""))


def _kind(schema: Json) -> str:
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"] if one != "")
    if "$ref" in schema:
        return _name(schema)
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])}[]"
    return str(schema.get("format") or schema.get("type") or schema.get("const") or "any")


def _name(schema: Json) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
