"""Texts in every language as one box for each, instead of JSON."""

from typing import Any

from django import forms
from django.conf import settings

LANGUAGES: list[tuple[str, Any]] = list(settings.LANGUAGES)
FIRST = LANGUAGES[0][0]


class TextsWidget(forms.MultiWidget):
    """One input for each language, labeled with its name."""

    def __init__(self, languages: list[tuple[str, Any]], rows: int = 0) -> None:
        self.codes = [code for code, _name in languages]
        super().__init__({code: self._input(str(name), rows) for code, name in languages})

    @staticmethod
    def _input(name: str, rows: int) -> forms.Widget:
        attributes = {"placeholder": name, "aria-label": name}
        if rows:
            return forms.Textarea(attrs={**attributes, "rows": rows, "cols": 70})
        return forms.TextInput(attrs={**attributes, "size": 70})

    def decompress(self, value: Any) -> list[str]:
        texts = value if isinstance(value, dict) else {}
        return [_shown(texts.get(code, "")) for code in self.codes]


class TextsField(forms.MultiValueField):
    """``{"en": "Pothole", "es": "Bache"}``. ``lines``: each language's value is a list, one a line."""

    def __init__(self, *, first: bool = True, rows: int = 0, lines: bool = False, **kwargs: Any) -> None:
        self.languages = LANGUAGES if first else LANGUAGES[1:]
        self.lines = lines
        fields = [forms.CharField(required=False) for _ in self.languages]
        super().__init__(
            fields, widget=TextsWidget(self.languages, rows), require_all_fields=False, **{"required": False, **kwargs}
        )

    def compress(self, data_list: list[str]) -> dict[str, Any]:
        told = zip([code for code, _name in self.languages], data_list, strict=False)
        if self.lines:
            return {code: [line.strip() for line in text.splitlines() if line.strip()] for code, text in told if text}
        return {code: text.strip() for code, text in told if text and text.strip()}

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = self.widget.decompress(initial)
        return [text or "" for text in before] != [(text or "").replace("\r\n", "\n") for text in data or []]


def _shown(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value or "")
