"""What docs/operator/log-in.md says of roles is what the code does."""

import re
from pathlib import Path

from geoserver_app.accounts.roles import CAPABILITIES, Capability, Role

C = Capability
PAGE = Path(__file__).resolve().parents[2] / "docs/operator/log-in.md"
WORDS = {
    "see requests in scope": [C.SEE_REQUESTS],
    "see who reported": [C.SEE_REPORTERS],
    "take requests by telephone": [C.TAKE_REQUESTS],
    "decide what the rules could not": [C.REVIEW],
    "work: accept, answer, close": [C.WORK],
    "say which reports are about one thing": [C.MERGE],
    "hand on to another department": [C.HAND_ON],
    "move a pin, change the service": [C.CORRECT],
    "release texts and photos": [C.PUBLISH],
    "read the outbox": [C.READ_OUTBOX],
    "export": [C.EXPORT],
    "capital planning": [C.PLAN],
    "performance of departments": [C.MEASURE],
    "services, rules": [C.EDIT_CATALOG, C.EDIT_RULES],
    "geography": [C.EDIT_GEOGRAPHY],
    "people, departments, hours": [C.MANAGE_PEOPLE],
}
COLUMNS = {"call-taker": Role.AGENT, "GIS": Role.GIS}


def table() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not re.match(r"\|-", line)]


def test_the_documented_table_of_roles_is_the_one_in_force() -> None:
    head, *rows = table()
    roles = [COLUMNS.get(name) or Role(name) for name in head[1:]]
    told = {role: set[Capability]() for role in roles}
    for words, *marks in rows:
        for role, mark in zip(roles, marks, strict=True):
            told[role] |= set(WORDS[words]) if mark == "x" else set()
    assert told == {role: set(CAPABILITIES[role]) for role in Role}
    assert {capability for capabilities in WORDS.values() for capability in capabilities} == set(Capability)
