"""One validator for every door: what is asked, what is wrong with an answer, what an answer means."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoserver_app.catalog.form import check_answers, evidence, in_words, public_answers, questions, stopper_for
from geoserver_app.catalog.models import Service
from tests.catalog.forms import YES_NO, question, service_with
from tests.examples import examples

pytestmark = pytest.mark.django_db

WHERE = [
    {"key": "strip", "en": "Between sidewalk and street", "es": "Entre la banqueta y la calle", "means": "row"},
    {"key": "yard", "en": "In a yard", "es": "En un patio", "means": "private"},
    {
        "key": "wires", "en": "It touches wires", "es": "Toca los cables", "means": "wires",
        "stopper": {"en": "Keep away.", "es": "Aléjese.", "telephone": "911"},
    },
]  # fmt: skip


def tree() -> Service:
    return service_with(
        question("where", "singlevaluelist", values=WHERE, required=True),
        question("trouble", "multivaluelist", required=True, shown_if={"attribute": "where", "in": ["strip", "yard"]}),
        question("owner", "string", private=True, shown_if={"attribute": "trouble", "in": ["yes"]}),
    )


def test_questions_come_in_order_and_in_the_asked_language() -> None:
    service = service_with(question("b"), question("a"))
    assert [one.text for one in questions(service, "es")] == ["¿b?", "¿a?"]


def test_a_language_that_is_missing_falls_to_another() -> None:
    service = service_with(question("size"))
    assert questions(service, "fr")[0].text == "size?"


def test_without_answers_every_question_is_told_with_its_condition() -> None:
    told = questions(tree(), "en")
    assert [one.condition.keys if one.condition else None for one in told] == [None, ("strip", "yard"), ("yes",)]


def test_with_answers_only_what_is_asked_after_them() -> None:
    service = tree()
    assert [one.code for one in questions(service, "en", {})] == ["where"]
    assert [one.code for one in questions(service, "en", {"where": "yard"})] == ["where", "trouble"]
    answers = {"where": "yard", "trouble": ["yes"]}
    assert [one.code for one in questions(service, "en", answers)] == ["where", "trouble", "owner"]


def test_a_question_that_hangs_on_a_hidden_one_is_hidden() -> None:
    answers = {"where": "wires", "trouble": ["yes"], "owner": "Somebody"}
    assert [one.code for one in questions(tree(), "en", answers)] == ["where"]


def test_answers_to_hidden_questions_are_left_out_not_refused() -> None:
    checked = check_answers(tree(), {"where": "wires", "trouble": ["yes"], "owner": "Somebody"})
    assert checked.ok
    assert checked.cleaned == {"where": "wires"}


def test_a_required_question_is_missed_only_while_it_is_asked() -> None:
    service = tree()
    assert set(check_answers(service, {}).errors) == {"where"}
    assert set(check_answers(service, {"where": "strip"}).errors) == {"trouble"}


def test_an_unknown_question_is_an_error_that_names_it() -> None:
    errors = check_answers(tree(), {"where": "wires", "colour": "red"}).errors
    assert "colour" in errors["colour"]


def test_errors_speak_the_residents_language() -> None:
    service = service_with(question("depth", "number", required=True))
    assert check_answers(service, {"depth": "deep"}, "es").errors == {"depth": "Escriba un número, como 3 o 2.5."}
    assert check_answers(service, {}, "es").errors == {"depth": "Conteste esta pregunta, por favor."}


@pytest.mark.parametrize(
    ("written", "number"),
    [("3", 3), (" 2.5 ", 2.5), ("1,500", 1500), ("-4", -4), (".5", 0.5), (7, 7), (2.0, 2), (["1", "2"], 2)],
)
def test_numbers_as_people_write_them(written: object, number: float) -> None:
    assert check_answers(service_with(question("n", "number")), {"n": written}).cleaned == {"n": number}


@pytest.mark.parametrize("written", ["three", "1,50", "1.500,5", "nan", "inf", "1e3", "9" * 20, "١٢a", True])
def test_what_is_no_number_is_refused(written: object) -> None:
    assert "n" in check_answers(service_with(question("n", "number")), {"n": written}).errors


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-11-18T15:30", "2026-11-18T15:30:00-08:00"),
        ("2026-07-04", "2026-07-04T00:00:00-07:00"),
        ("2026-11-18T15:30:00Z", "2026-11-18T07:30:00-08:00"),
        ("2026-03-08T02:30", "2026-03-08T03:00:00-07:00"),  # clocks skip from 2:00 to 3:00
        ("2026-11-01T01:30", "2026-11-01T01:30:00-07:00"),  # 1:30 comes twice; the first one
    ],
)
def test_moments_without_a_zone_are_by_the_citys_clocks(written: str, stored: str) -> None:
    assert check_answers(service_with(question("t", "datetime")), {"t": written}).cleaned == {"t": stored}


@pytest.mark.parametrize(
    "written", ["yesterday", "2026-02-30", "2026-11-18T25:00", "0001-01-01", "9999-12-31T23:59-12:00"]
)
def test_what_is_no_moment_is_refused(written: str) -> None:
    checked = check_answers(service_with(question("t", "datetime")), {"t": written})
    assert checked.errors.keys() | checked.cleaned.keys() == {"t"}
    if written not in {"0001-01-01"}:
        assert "t" in checked.errors


def test_one_of_a_list_takes_only_its_keys() -> None:
    service = service_with(question("fell", "singlevaluelist"))
    assert check_answers(service, {"fell": "yes"}).cleaned == {"fell": "yes"}
    assert "fell" in check_answers(service, {"fell": "Yes"}).errors


def test_several_of_a_list_come_once_each_in_the_forms_order() -> None:
    service = service_with(question("what", "multivaluelist"))
    assert check_answers(service, {"what": ["no", "yes", "no", ""]}).cleaned == {"what": ["yes", "no"]}
    assert check_answers(service, {"what": "no"}).cleaned == {"what": ["no"]}
    assert "what" in check_answers(service, {"what": ["yes", "maybe"]}).errors
    assert "what" in check_answers(service, {"what": 5}).errors


def test_a_value_no_longer_offered_is_refused_but_still_has_its_words() -> None:
    values = [*YES_NO, {"key": "old", "en": "As before", "es": "Como antes", "retired": True}]
    service = service_with(question("what", "singlevaluelist", values=values))
    assert "what" in check_answers(service, {"what": "old"}).errors
    assert in_words(service.attributes.all()[0], "old", "es") == "Como antes"


def test_a_retired_question_is_not_asked() -> None:
    service = service_with(question("gone", retired_on=date(2025, 1, 1)), question("here"))
    assert [one.code for one in questions(service, "en")] == ["here"]
    assert "gone" in check_answers(service, {"gone": "x"}).errors


def test_a_line_to_read_takes_no_answer() -> None:
    service = service_with(question("note", "string", variable=False), question("here"))
    assert [one.asks for one in questions(service, "en")] == [False, True]
    assert check_answers(service, {"note": "x", "here": "y"}).cleaned == {"here": "y"}


def test_a_line_has_no_line_breaks_and_text_keeps_them() -> None:
    service = service_with(question("line"), question("text", "text"))
    checked = check_answers(service, {"line": " a\r\nb\0 ", "text": " a\r\nb\0 "})
    assert checked.cleaned == {"line": "a b", "text": "a\nb"}


def test_too_long_a_text_says_how_long_it_may_be() -> None:
    checked = check_answers(service_with(question("text", "text")), {"text": "x" * 4001})
    assert "4000" in checked.errors["text"]
    assert "4001" in checked.errors["text"]


def test_a_stopper_tells_what_to_do_instead_and_whom_to_call() -> None:
    service = tree()
    stopper = check_answers(service, {"where": "wires"}, "es").stopper
    assert stopper is not None
    assert (stopper.text, stopper.telephone) == ("Aléjese.", "911")
    assert stopper_for(service, {"where": "yard"}, "es") is None


def test_a_hidden_answer_stops_nobody() -> None:
    values = [{**YES_NO[0], "stopper": {"en": "Call.", "es": "Llame.", "telephone": "911"}}, YES_NO[1]]
    service = service_with(
        question("where", "singlevaluelist"),
        question("danger", "singlevaluelist", values=values, shown_if={"attribute": "where", "in": ["yes"]}),
    )
    assert stopper_for(service, {"where": "no", "danger": "yes"}, "en") is None
    assert stopper_for(service, {"where": "yes", "danger": "yes"}, "en") is not None


def test_an_answer_is_evidence_of_whose_ground_it_is() -> None:
    service = tree()
    assert evidence(service, {"where": "strip"}) == "row"
    assert evidence(service, {"where": "nowhere"}) is None
    assert evidence(service, {}) is None


def test_private_answers_and_free_words_are_never_public() -> None:
    service = service_with(
        question("seen", "singlevaluelist", private=True),
        question("what", "singlevaluelist"),
        question("name", "string"),
        question("story", "text"),
        question("count", "number"),
    )
    answers = {"seen": "yes", "what": "no", "name": "Rosa", "story": "At 4512 W Olive", "count": 3}
    assert public_answers(service, check_answers(service, answers).cleaned) == {"what": "no", "count": 3}


def test_answers_in_words() -> None:
    service = service_with(question("what", "multivaluelist"), question("t", "datetime"), question("n", "number"))
    what, moment, number = service.attributes.all()
    assert in_words(what, ["yes", "no"], "es") == "Sí, No"
    assert "2026" in in_words(moment, "2026-11-18T15:30:00-08:00", "es")
    assert in_words(number, 2.5, "en") == "2.5"


def test_a_form_is_checked_without_a_query(django_assert_num_queries: Any) -> None:
    service = tree()
    with django_assert_num_queries(0):
        check_answers(service, {"where": "yard", "trouble": ["yes"], "owner": "x"})


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.lists(st.text(max_size=5), max_size=4),
)


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.dictionaries(st.sampled_from(["where", "trouble", "owner", "n", "t", "x"]), anything, max_size=6))
def test_whatever_is_sent_is_either_stored_clean_or_refused_with_words(
    answers: dict[str, object], mixed: Service
) -> None:
    checked = check_answers(mixed, answers, "es")
    assert not checked.cleaned.keys() & checked.errors.keys()
    assert all(isinstance(error, str) and error for error in checked.errors.values())
    again = check_answers(mixed, checked.cleaned, "es")
    assert {code: again.cleaned.get(code) for code in checked.cleaned} == checked.cleaned


@pytest.fixture
def mixed() -> Service:
    return service_with(
        question("where", "singlevaluelist", values=WHERE),
        question("trouble", "multivaluelist", shown_if={"attribute": "where", "in": ["yard"]}),
        question("owner", "text"),
        question("n", "number"),
        question("t", "datetime"),
    )
