"""Somebody was quicker: a change that names by If-Match what its caller knows is made of that alone."""

from typing import Any

import pytest

from geoserver_app import flow
from geoserver_app.accounts.rights import rights_of
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.models import StatusChange
from tests.api.conftest import Programs, assert_refused

ACCEPT = ("transitions", {"to": "accepted"})
CHANGES = [
    ACCEPT,
    ("handovers", {"department": "parks", "reason": "A tree"}),
    ("assignments", {"assignee": "dora"}),
    ("referrals", {"agency": "county-roads", "reason": "A county road"}),
]


def tag_of(programs: Programs, key: str, **query: str) -> str:
    return str(programs.ask(f"requests/{programs.story.ordinary}", key, **query)["ETag"])


def change(programs: Programs, key: str, if_match: str, path: str, body: Any) -> Any:
    return programs.send(f"requests/{programs.story.ordinary}/{path}", body, key, **{"if-match": if_match})


@pytest.mark.parametrize(("path", "body"), CHANGES)
def test_a_change_of_what_somebody_else_changed_is_refused_and_nothing_is_done(
    programs: Programs, path: str, body: Any
) -> None:
    key, other = programs.staff("dispatcher"), programs.staff("liaison")
    old = tag_of(programs, key)
    assert programs.step(programs.story.ordinary, other, "in_progress").status_code == 200
    before = StatusChange.objects.count()
    told = assert_refused(change(programs, key, old, path, body), 412)
    assert told["title"] == "Precondition Failed"
    assert "'in_progress', by 'status' of 2026-11-16T11:00:00-08:00" in told["detail"]
    assert StatusChange.objects.count() == before
    if path != "transitions":  # from in progress nobody goes back to accepted
        assert change(programs, key, tag_of(programs, key), path, body).status_code == 200


def test_what_changes_nothing_of_it_makes_nobody_late_but_another_answer(programs: Programs) -> None:
    """The notion of the console: a word more, or another language, is the same request to decide about."""
    key, story = programs.staff("dispatcher"), programs.story
    old, spanish = tag_of(programs, key), tag_of(programs, key, lang="es")
    assert old != spanish
    flow.add_details(story.ordinary.pk, "It grew", at=programs.now)
    liaison = rights_of(story.people["liaison"], at=programs.now)
    flow.note(story.ordinary.pk, "on the list", public=False, by=liaison, at=programs.now)
    flow.publish_photo(story.photo.pk, public=True, by=rights_of(story.people["trusted"], at=programs.now))
    asked = {"x-api-key": key, "if-none-match": old}
    assert programs.client.get(f"/api/requests/{story.ordinary}", headers=asked).status_code == 200
    asked["if-none-match"] = tag_of(programs, key)
    assert programs.client.get(f"/api/requests/{story.ordinary}", headers=asked).status_code == 304
    assert change(programs, key, spanish, *ACCEPT).status_code == 200


def test_the_answer_to_a_change_names_the_next_one_and_ones_own_counts_too(programs: Programs) -> None:
    key = programs.staff("liaison")
    first = tag_of(programs, key)
    second = change(programs, key, first, *ACCEPT)["ETag"]
    assert_refused(change(programs, key, first, "transitions", {"to": "in_progress"}), 412)
    third = change(programs, key, second, "transitions", {"to": "in_progress"})
    assert third.json()["state"] == "in_progress"
    # A key that sees nothing for its person takes on what it knows by its own changes, or by reading what is public.
    blind = programs.key("work", who="liaison")
    assert change(programs, blind, tag_of(programs, blind), "assignments", {"assignee": "lena"}).status_code == 200


@pytest.mark.parametrize(("header", "status"), [
    ("*", 200), ("{tag}", 200), (' , "other" ,W/"weak",\t{tag}', 200), ('"a,b", {tag}', 200), ("W/{tag}", 412),
    ('"other"', 412), ('"0-00000000000000000000000000000000"', 412), ('"*"', 412), ("{bare}", 400), ("", 400),
    ('{tag} "other"', 400), ("*, {tag}", 400), ('"' * 4001, 400),
])  # fmt: skip
def test_the_header_is_read_as_the_standard_has_it(programs: Programs, header: str, status: int) -> None:
    key = programs.staff("liaison")
    tag = tag_of(programs, key)
    answer = change(programs, key, header.format(tag=tag, bare=tag.strip('"')), *ACCEPT)
    assert answer.status_code == status, answer.content
    stands = "accepted" if status == 200 else "assigned"
    assert ServiceRequest.objects.get(pk=programs.story.ordinary.pk).state == stands


def test_whoever_may_not_is_told_that_and_not_how_it_stands(programs: Programs) -> None:
    old = '"1-00000000000000000000000000000000"'
    assert_refused(change(programs, programs.staff("other_liaison"), old, *ACCEPT), 404)
    assert_refused(change(programs, programs.key("read", who="liaison"), old, *ACCEPT), 403)
    assert "-" not in tag_of(programs, "")
    assert "-" not in tag_of(programs, programs.key("work", who="other_liaison"))
    asked = {"if-match": old}
    assert_refused(programs.client.get(f"/api/requests/{programs.story.ordinary}", headers=asked), 412)


def test_the_document_names_header_refusal_and_tag(programs: Programs) -> None:
    document = programs.client.get("/api/openapi.json").json()
    assert document["info"]["version"] == "1.2.0"
    for path, _body in CHANGES:
        said = document["paths"][f"/api/requests/{{number}}/{path}"]["post"]
        assert [one["in"] for one in said["parameters"] if one["name"] == "If-Match"] == ["header"]
        assert "application/problem+json" in said["responses"]["412"]["content"]
        assert "ETag" in said["responses"]["200"]["headers"]
        assert "content" in said["responses"]["200"]
    assert "If-Match" in programs.client.options("/api/requests")["Access-Control-Allow-Headers"]
