"""The commands for rules: a dry run first, one sentence for bad input, nothing written by a preview."""

import json
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from geoserver_app.route.models import Decision, RuleSet
from layers.errors import BadFile, NotFound
from tests.link.squared import at
from tests.route.city import TREES, City
from tests.route.conftest import Rules
from tests.route.test_explain import stored


def place(x: float, y: float) -> str:
    lon, lat = at(x, y)
    return f"{lon},{lat}"


@pytest.fixture
def file(city: City, rules: Rules, tmp_path: Path) -> Path:
    """A file with rules that are good."""
    rules(*TREES, active=False).delete()
    return tmp_path / "rules.yaml"


def test_loading_is_a_dry_run_until_it_is_meant(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_rules", str(file))
    first = capsys.readouterr().out
    assert not RuleSet.objects.exists()
    call_command("load_rules", str(file), "--commit")
    assert "6 defaults, 7 rules" in first
    assert RuleSet.objects.get().state == "draft"


def test_a_bad_file_is_refused_whole(file: Path) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["rules"][3]["if"]["lies_on"] = ["moon"]
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(BadFile, match="rule 'highway': 'lies_on' has 'moon'"):
        call_command("load_rules", str(file), "--commit")
    assert not RuleSet.objects.exists()


def test_activation_is_a_dry_run_until_it_is_meant(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_rules", str(file), "--commit")
    call_command("activate_rules", "1")
    assert RuleSet.objects.get().state == "draft"
    call_command("activate_rules", "1", "--commit")
    assert RuleSet.objects.get().state == "active"
    with pytest.raises(NotFound, match="Known: 1 \\(active\\)"):
        call_command("activate_rules", "7")


def test_preview_says_what_would_happen_and_writes_nothing(
    city: City, rules: Rules, capsys: pytest.CaptureFixture[str]
) -> None:
    rules(*TREES)
    call_command("route_preview", "--service", "tree", f"--at={place(230, 530)}", "--answer", "where=park")
    out = capsys.readouterr().out
    shown, end = json.JSONDecoder().raw_decode(out)
    assert (shown["department"], shown["way"], shown["winner"]) == ("parks", "rule", 3)
    assert "Rule 3 decides" in out[end:]
    assert not Decision.objects.exists()


def test_preview_tries_a_draft(city: City, rules: Rules, capsys: pytest.CaptureFixture[str]) -> None:
    rules()
    rules(*TREES, active=False)
    call_command("route_preview", "--service", "tree", f"--at={place(150, 560)}", "--version-of-rules", "2")
    assert '"department": "parks"' in capsys.readouterr().out


def test_preview_refuses_an_answer_that_the_service_does_not_offer(city: City, rules: Rules) -> None:
    rules(*TREES)
    with pytest.raises(CommandError, match="where"):
        call_command("route_preview", "--service", "tree", f"--at={place(230, 530)}", "--answer", "where=roof")


def test_preview_wants_longitude_and_latitude(city: City, rules: Rules) -> None:
    with pytest.raises(CommandError, match="LON,LAT"):
        call_command("route_preview", "--service", "tree", "--at=here")


def test_explain_tells_a_stored_request(city: City, rules: Rules, capsys: pytest.CaptureFixture[str]) -> None:
    rules(*TREES)
    request = stored(city, 230, 530, answers={"where": "yard"})
    call_command("explain", request.service_request_id, "--lang", "es")
    assert "Decide la regla 7" in capsys.readouterr().out
    with pytest.raises(NotFound, match="Numbers look like"):
        call_command("explain", "26-999999-9")
