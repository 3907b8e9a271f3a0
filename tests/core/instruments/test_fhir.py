"""Instruments out of FHIR questionnaires."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.measures import Instrument, load_instrument, score
from tests.core.instruments.forms import (
    ORDINAL,
    WEIGHT,
    as_questionnaire,
    instruments,
    refused,
)


@given(instruments(), st.sampled_from([ORDINAL, WEIGHT]), st.booleans())
def test_a_questionnaire_comes_back_as_the_instrument_it_was_made_of(found: Instrument, url: str, inside: bool) -> None:
    if found.id not in {"phq-9", "gad-7"}:
        data = json.dumps(as_questionnaire(found, url, inside=inside), ensure_ascii=False).encode()
        assert load_instrument(data, "x.json") == found
        assert load_instrument(b"\n " + data, "without a suffix") == found


def questionnaire(*items: Any, **more: Any) -> bytes:
    return json.dumps({"resourceType": "Questionnaire", "item": list(items), **more}, indent=1).encode()


CHOICE = {
    "linkId": "1",
    "type": "choice",
    "text": "How?",
    "answerOption": [{"valueString": "so"}, {"valueString": "such"}],
}


def test_a_questionnaire_without_weights_keeps_answers_and_gives_no_score() -> None:
    integers = {"type": "choice", "text": "How many?", "answerOption": [{"valueInteger": n} for n in (4, 7)]}
    found = load_instrument(questionnaire(CHOICE, integers, {"type": "boolean", "text": "Is it?"}), "My Form (2).json")
    assert (found.id, found.version, found.rule) == ("my-form-2", "unversioned", None)
    assert [item.values for item in found.items] == [(0, 1), (4, 7), (0, 1)]
    assert [option.label for option in found.items[0].options] == ["so", "such"]
    assert score(found, [1, 7, None]).score is None


def test_questions_that_no_choice_answers_are_counted_and_passed_over() -> None:
    items = [CHOICE, {"type": "string", "text": "Anything else?"}, {"type": "decimal", "readOnly": True}]
    codes = [{"system": "http://example.org", "code": "x"}, {"system": "http://loinc.org", "code": "12345-6"}]
    found = load_instrument(questionnaire(*items, code=codes, name="A_Form", version="3"), "x.json")
    assert (len(found.items), found.passed_over, found.loinc_panel) == (1, 2, "12345-6")
    assert (found.id, found.title, found.version) == ("a_form", "A_Form", "3")


def nested(depth: int) -> dict[str, Any]:
    return CHOICE if depth == 0 else {"type": "group", "item": [nested(depth - 1)]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"resourceType": "Patient"}', "x.json, line 1: `resourceType` must be 'Questionnaire'"),
        (b"[]", "x.json: must be a table"),
        (b"null", "x.json: must be a table"),
        (b"", "x.json: this is not JSON (Input data was truncated)"),
        (b'{\n"a": 1,\n}', "x.json, line 3: this is not JSON"),
        (b'{"a": ' + b"[" * 5000, "nested too deep"),
        (questionnaire(), "`item` holds no question with answers to choose from"),
        (questionnaire({"type": "string"}), "`item` holds no question with answers to choose from"),
        (questionnaire(5), "`item[0]` must be a table"),
        (questionnaire(CHOICE, item={}), "`item` must be a list"),
        (questionnaire({**CHOICE, "text": 5}), "`item[0].text` must be text"),
        (questionnaire({**CHOICE, "text": "\x1b[2J"}), "`item[0].text` holds control characters"),
        (questionnaire({**CHOICE, "repeats": True}), "`item[0].repeats` allows several answers at once"),
        (questionnaire({**CHOICE, "answerOption": [{}]}), "`item[0].answerOption` must have at least two"),
        (questionnaire({**CHOICE, "answerOption": [{}] * 21}), "`item[0].answerOption` has 21 entries"),
        (
            questionnaire({"type": "choice", "answerValueSet": "#a"}),
            "`item[0].answerValueSet` keeps its answers somewhere else",
        ),
        (questionnaire({**CHOICE, "type": "attachment"}), "`item[0].type` is 'attachment'"),
        (
            questionnaire(CHOICE, {name: value for name, value in CHOICE.items() if name != "text"}),
            "`item[1]` has no text, and others have",
        ),
        (
            (
                b'{"resourceType": "Questionnaire",\n "item": [\n  {"type": "group", "item": [\n   {"type": "choice",\n'
                b'    "text": 5, "answerOption": [{}, {}]}]}]}'
            ),
            "x.json, line 5: `item[0].item[0].text` must be text",
        ),
        (questionnaire(*[CHOICE] * 201), "`item[200]` is one question too many"),
        (questionnaire(*[CHOICE] * 2001), "`item` has 2,001 entries"),
        (questionnaire(nested(10)), "goes on too long: 10 groups deep"),
        (
            questionnaire({**CHOICE, "answerOption": [{"extension": [{"url": ORDINAL, "valueDecimal": 0.5}]}, {}]}),
            "`item[0].answerOption[0].extension[0].valueDecimal` must be a whole number",
        ),
    ],
)
def test_a_questionnaire_that_cannot_be_is_refused_with_its_path(data: bytes, said: str) -> None:
    assert said in refused(data, "x.json")


def test_groups_may_be_nested() -> None:
    assert len(load_instrument(questionnaire(nested(9)), "x.json").items) == 1
