"""The rules that keep the code the way the design says: one run of each tool, one message where it is broken."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

ROOT = Path(__file__).resolve().parents[2]
# A package's tables may point at those to its left, and at Django's own.
ORDER = [
    "layers", "org", "accounts", "catalog", "intake", "link", "duplicates", "route", "work", "notify", "analyse",
    "density", "editions", "forward", "past", "published",
]  # fmt: skip


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_ruff_finds_nothing() -> None:
    done = run("ruff", "check", ".")
    assert done.returncode == 0, done.stdout


def test_code_is_formatted() -> None:
    done = run("ruff", "format", "--check", ".")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_types_are_strict() -> None:
    done = run("mypy")
    assert done.returncode == 0, done.stdout[-4000:]


def test_imports_run_one_way() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_package_has_an_import_contract() -> None:
    contracts = (ROOT / "pyproject.toml").read_text()
    packages = {path.name for path in (ROOT / "geoserver_app").iterdir() if (path / "apps.py").exists()}
    doors = {
        "maps", "report", "follow", "console", "gis", "drafts", "rulebook", "open311", "api", "feeds", "brief",
        "measure", "plan", "site", "admin", "commands",
    }  # fmt: skip
    missing = [name for name in packages - doors if f'source_modules = ["geoserver_app.{name}"]' not in contracts]
    assert missing == []


def test_foreign_keys_run_the_way_imports_run() -> None:
    wrong = []
    for at, label in enumerate(ORDER):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.get_fields():
                if isinstance(field, ForeignKey | ManyToManyField | OneToOneField) and field.related_model:
                    target = field.related_model._meta.app_label
                    if target in ORDER[at + 1 :]:
                        wrong.append(f"{model.__name__}.{field.name} -> {target}")
    assert wrong == []


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    said = StringIO()
    call_command("makemigrations", dry_run=True, stdout=said)
    assert said.getvalue().strip() == "No changes detected"
