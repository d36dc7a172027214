"""Documentation is part of the product: what exists is documented, what is documented exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#|mailto:)([^)#\s]+)")


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def all_text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in documents() if path.exists())


def test_every_setting_is_documented() -> None:
    code = "".join(
        (ROOT / "geoserver_app" / name).read_text(encoding="utf-8") for name in ("settings.py", "environment.py")
    )
    read = re.findall(r"(?:env\.)?(?:text|required|switch|words|database)\(\s*\"([A-Z0-9_]+)\"", code)
    documented = (ROOT / "docs/operator/settings.md").read_text(encoding="utf-8")
    assert {name for name in read if f"`{name}`" not in documented} == set()


def test_every_command_is_documented() -> None:
    commands = [
        path.stem
        for path in (ROOT / "geoserver_app/commands/management/commands").glob("*.py")
        if path.stem != "__init__"
    ]
    text = all_text()
    assert [name for name in commands if name not in text] == []


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    broken = [
        target for target in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
