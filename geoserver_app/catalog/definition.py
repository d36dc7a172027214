"""Whether a form can be asked at all: what is wrong with its questions, said before anybody meets it."""

from collections.abc import Iterator, Sequence
from typing import Any

from geoserver_app.catalog.models import ServiceAttribute


def faults(attributes: Sequence[ServiceAttribute], languages: Sequence[str]) -> list[str]:
    """What is wrong with a form, one sentence each; the languages are those its questions must be written in."""
    found: list[str] = []
    before: dict[str, ServiceAttribute] = {}
    for attribute in sorted(attributes, key=lambda one: (one.position, one.code)):
        own = [
            *_of_question(attribute, languages),
            *_of_values(attribute, languages),
            *_of_condition(attribute, before),
        ]
        found += [f"question '{attribute.code}': {fault}" for fault in own]
        before[attribute.code] = attribute
    positions = [attribute.position for attribute in attributes if attribute.retired_on is None]
    if len(set(positions)) < len(positions):
        found.append("two questions have the same position; number them 1, 2, 3")
    return found


def _of_question(attribute: ServiceAttribute, languages: Sequence[str]) -> Iterator[str]:
    yield from _untold("the question", attribute.question, languages)
    if attribute.help:
        yield from _untold("the help", attribute.help, languages)
    if attribute.required and not attribute.variable:
        yield "a line to read (variable: false) cannot be required"
    if attribute.position < 1:
        yield f"position {attribute.position} must be 1 or more"


def _of_values(attribute: ServiceAttribute, languages: Sequence[str]) -> Iterator[str]:
    if not attribute.is_list:
        if attribute.values:
            yield f"only lists have values, not datatype {attribute.datatype}"
        return
    if not isinstance(attribute.values, list) or not all(isinstance(value, dict) for value in attribute.values):
        yield "values must be a list of {key: ..., en: ..., es: ...}"
        return
    offered = [value for value in attribute.values if not value.get("retired")]
    if len(offered) < 2:
        yield "a list needs at least two values"
    keys = [str(value.get("key")) for value in attribute.values]
    if len(set(keys)) < len(keys):
        yield "a key stands twice in values"
    for value in attribute.values:
        yield from _of_value(value, languages)


def _of_value(value: dict[str, Any], languages: Sequence[str]) -> Iterator[str]:
    key = value.get("key")
    if not key or not isinstance(key, str):
        yield f"value {value!r} needs a key (text)"
        return
    yield from _untold(f"value '{key}'", value, languages)
    unknown = set(value) - {"key", "stopper", "means", "retired", *languages}
    if unknown:
        yield f"value '{key}' has unknown entries: {', '.join(sorted(unknown))}"
    if "means" in value and value["means"] not in ServiceAttribute.MEANINGS:
        yield f"value '{key}': means is {value['means']!r}, but must be one of {', '.join(ServiceAttribute.MEANINGS)}"
    stopper = value.get("stopper")
    if stopper is not None:
        yield from _of_stopper(f"the stopper of '{key}'", stopper, languages)


def _of_stopper(name: str, stopper: Any, languages: Sequence[str]) -> Iterator[str]:
    if not isinstance(stopper, dict):
        yield f"{name} must have a text in each language and a telephone"
        return
    yield from _untold(name, stopper, languages)
    if not stopper.get("telephone"):
        yield f"{name} needs a telephone number to call instead"


def _of_condition(attribute: ServiceAttribute, before: dict[str, ServiceAttribute]) -> Iterator[str]:
    condition = attribute.shown_if
    if condition is None:
        return
    if not _is_condition(condition):
        yield 'shown_if must be {"attribute": CODE, "in": [KEY, ...]}'
        return
    asked = before.get(condition["attribute"])
    if asked is None:
        yield f"shown_if names '{condition['attribute']}', which is not asked before it"
    elif not asked.is_list:
        yield f"shown_if names '{asked.code}', which is not a list"
    else:
        known = {value.get("key") for value in asked.values if isinstance(value, dict)}
        for key in condition["in"]:
            if key not in known:
                yield f"shown_if names the answer '{key}', which '{asked.code}' does not have"


def _is_condition(condition: Any) -> bool:
    return (
        isinstance(condition, dict)
        and set(condition) == {"attribute", "in"}
        and isinstance(condition["in"], list)
        and bool(condition["in"])
        and all(isinstance(key, str) for key in [condition["attribute"], *condition["in"]])
    )


def _untold(name: str, texts: Any, languages: Sequence[str]) -> Iterator[str]:
    """A sentence for each language in which a text is missing."""
    if not isinstance(texts, dict):
        yield f"{name} must be told by language: {{en: ..., es: ...}}"
        return
    for language in languages:
        text = texts.get(language)
        if not isinstance(text, str) or not text.strip():
            yield f"{name} is missing in '{language}'"
