"""What is offered in a field of a form that is known only when the form is made."""

from __future__ import annotations

from typing import Any

from django import forms


def offer(form: forms.Form, name: str, choices: Any) -> None:
    """Gives a field of a form its choices; TypeError for a field that has none."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"The field '{name}' of {type(form).__name__} has no choices.")
    field.choices = choices
