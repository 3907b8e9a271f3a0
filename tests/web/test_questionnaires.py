"""Questionnaires in the browser are read, added up and compared as they are in Python."""

import json
import math
from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from milepost.errors import InvalidInput
from milepost.measures import builtin_instruments, load_instrument, score
from milepost.measures import telling as tell
from milepost.measures.instruments import Band, Instrument, Item, Option
from milepost.measures.reliable_change import Reliability, Threshold, reliable_change
from milepost.measures.worsening import worsened
from milepost.views.entities import assessments
from tests.core.views.logs import DAYS, fold
from tests.events import JOURNAL, entity, event
from tests.web.core import Core, Refused
from tests.web.journals import text
from tests.web.test_folding import often

WEIGHT = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


citations = st.sampled_from(["Example 1999", "", "  "])
rules = (
    st.none()
    | st.builds(Threshold, points=st.sampled_from([0, 1, 3, 5.5, -1]), citation=citations)
    | st.builds(
        Reliability,
        sd=st.floats(-1, 20, width=32),
        reliability=st.sampled_from([0, 0.5, 0.86, 0.999, 1]),
        citation=citations,
    )
)
ways = st.sampled_from([None, "up", "down"])


@st.composite
def instruments(draw: st.DrawFn, name: str = "calm") -> Instrument:
    values = st.lists(st.integers(-3, 5), min_size=2, max_size=5, unique=True)
    one = draw(values)
    alike = draw(st.booleans())
    count = draw(st.integers(1, 9))
    numbers = st.lists(st.integers(1, count), unique=True, max_size=count).map(sorted).map(tuple)
    bands = draw(st.lists(st.integers(-10, 30), unique=True, max_size=4).map(sorted))
    return Instrument(
        id=name,
        version=draw(st.sampled_from("12")),
        title=f"The form {name}",
        items=tuple(
            Item(options=tuple(Option(value=value) for value in (one if alike else draw(values)))) for _ in range(count)
        ),
        rule=draw(st.sampled_from(["sum", "sum", None])),
        better=draw(ways),
        reverse=draw(numbers),
        subscales=draw(st.dictionaries(st.sampled_from(["worry", "sleep"]), numbers, max_size=2)),
        prorate=draw(st.none() | st.integers(0, 8)) if alike else None,
        bands=tuple(Band(start=start, name=f"from {start}") for start in bands),
        change=draw(rules),
        sensitive=draw(numbers),
        recall_days=draw(st.none() | st.integers(1, 20)),
    )


@often
@given(data=st.data(), made=instruments())
def test_forms_are_added_up_alike(core: Core, data: st.DataObject, made: Instrument) -> None:
    each = [st.none() | st.sampled_from(item.values) for item in made.items]
    filled = st.tuples(*each).map(list)
    wrong = st.lists(st.none() | st.integers(-5, 7), max_size=10)
    for answers in data.draw(st.lists(filled | wrong, min_size=1, max_size=12)):
        try:
            wanted = plain(score(made, answers))
        except InvalidInput:
            wanted = "refused"
        try:
            (found,) = core("score", plain(made), [answers])
        except Refused as refused:
            assert refused.name == "WrongAnswers", refused
            found = "refused"
        assert found == wanted
    assert core("range", plain(made)) == [{"low": made.low, "high": made.high}, made.worded]


def test_what_lies_exactly_between_two_hundredths_is_rounded_alike(core: Core) -> None:
    options = tuple(Option(value=value) for value in range(6))
    for count in range(2, 17):
        made = Instrument(
            id="x", version="1", title="X", items=(Item(options=options),) * count, rule="sum", prorate=count
        )
        forms: list[list[int | None]] = [
            [*(value for _ in range(given - 1)), last, *[None] * (count - given)]
            for given in range(1, count)
            for value in range(6)
            for last in range(6)
        ]
        wanted = [score(made, answers).score for answers in forms]
        assert [one["score"] for one in core("score", plain(made), forms)] == wanted


totals = st.integers(-40, 40) | st.floats(-40, 40, width=16) | st.sampled_from([0.125, 2.5, 2.675, 1.005, 13.375])


@often
@given(earlier=totals, later=totals, rule=rules, better=ways)
def test_a_change_counts_alike(core: Core, earlier: float, later: float, rule: Any, better: Any) -> None:
    try:
        wanted = plain(reliable_change(earlier, later, rule=rule, better=better))
    except InvalidInput:
        wanted = "refused"
    try:
        found = core("change", earlier, later, plain(rule), better)
    except Refused as refused:
        assert refused.name == "WrongRule", refused
        found = "refused"
    if isinstance(found, dict) and isinstance(wanted, dict) and found["threshold"] is not None:
        assert math.isclose(found.pop("threshold"), wanted.pop("threshold"), rel_tol=1e-14)
    assert found == wanted


class Form(Struct, frozen=True, kw_only=True):
    instrument: str
    version: str
    score: int | float | None
    actor: str


forms = st.builds(
    Form,
    instrument=st.sampled_from(["calm", "loud", "unknown"]),
    version=st.sampled_from("112"),
    score=st.none() | totals,
    actor=st.sampled_from(["one", "other"]),
)
GOOD = st.none() | st.builds(Threshold, points=st.sampled_from([1, 3, 5.5]), citation=st.just("Example 1999"))


@often
@given(calm=instruments("calm"), loud=instruments("loud"), first=GOOD, other=GOOD, filled=st.lists(forms, max_size=12))
def test_what_got_worse_is_told_alike(
    core: Core, calm: Instrument, loud: Instrument, first: Any, other: Any, filled: list[Form]
) -> None:
    known = [replace(loud, change=other), replace(calm, change=first)]
    wanted = worsened({one.id: one for one in known}, filled)
    assert core("worsened", plain(known), plain(filled)) == wanted


near = st.dates(date(2026, 1, 1), date(2026, 2, 20))


@often
@given(made=instruments(), on=near, before=st.none() | near, odd=st.sampled_from(["", "2026-02-31", "tomorrow!!"]))
def test_a_form_that_was_filled_in_before_is_noted_alike(
    core: Core, made: Instrument, on: date, before: date | None, odd: str
) -> None:
    for day in (before.isoformat() if before else None, odd, (on - timedelta(3)).isoformat()):
        earlier = [] if day is None else [tell.Earlier(on=day)]
        said = tell.say_repeat(made, on.isoformat(), earlier, "2026-03-01")
        days = core("repeated", plain(made), on.isoformat(), plain(earlier))
        assert (said is None) == (days is None)
        if said is not None and days:
            assert f"{days} day" in said


def test_forms_of_a_journal_come_in_the_order_of_their_days(core: Core) -> None:
    base = {"type": "assessment.recorded", "instrument": "gad-7", "version": "1"}
    about: list[dict[str, Any]] = [
        {**base, "id": entity(3), "answers": [1, None, 2], "on": DAYS[2]},
        {**base, "id": entity(2), "answers": [3], "on": DAYS[0], "score": 3, "subscores": {"a": 2, "b": None}},
        {**base, "id": entity(1), "answers": [0], "on": DAYS[2], "score": 1.5},
        {"type": "assessment.retracted", "id": entity(1)},
    ]
    log = [event(n, at_ms=n, **fields) for n, fields in enumerate(about, 1)]
    found = core("assessments", JOURNAL, text(log))
    assert [one["on"] for one in found] == [DAYS[0], DAYS[2]]
    assert found == plain(assessments(fold(log)))


# Files

words = st.sampled_from(
    ["How calm?", " spaced out\t", "", "  ", "a\x07bell", "two\nlines", "ü" * 2001, "\u3000wide\ufeff"]
)
odd = st.sampled_from([None, True, 3, 1.5, [], {}, "text", [1], {"a": 1}])
weighed = st.builds(
    lambda value: {"url": WEIGHT, "valueDecimal": value}, st.sampled_from([0, 1, 2, 3.0, 2.5, 1001, "1"])
)
labels = st.sampled_from(["never", "often", ""])
codings = st.fixed_dictionaries(
    {}, optional={"display": labels, "code": labels, "extension": st.lists(weighed, max_size=2)}
)
options = st.fixed_dictionaries(
    {},
    optional={
        "valueCoding": codings | odd,
        "valueInteger": st.sampled_from([0, 1, 7, 2000, 2**31, 1.5]),
        "valueString": labels,
        "extension": st.lists(weighed | st.just({"url": "else"}), max_size=2) | odd,
        "_valueInteger": st.fixed_dictionaries({"extension": st.lists(weighed, max_size=1)}),
    },
)
good = st.builds(
    lambda n, label: {"valueCoding": {"display": label, "extension": [{"url": WEIGHT, "valueDecimal": n}]}},
    st.integers(0, 3),
    st.sampled_from(["never", "often"]),
)
KINDS = ["choice", "boolean", "group", "display", "string", "text", "decimal", None, 3]
items = st.recursive(
    st.fixed_dictionaries(
        {"type": st.sampled_from(KINDS[:2]), "answerOption": st.lists(good, min_size=2, max_size=4)},
        optional={"text": words | st.just("How calm?")},
    )
    | st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(KINDS),
            "text": words,
            "answerOption": st.lists(options, max_size=4) | odd,
            "answerValueSet": st.just("elsewhere"),
            "repeats": st.booleans(),
        },
    ),
    lambda inner: st.fixed_dictionaries({"type": st.just("group"), "item": st.lists(inner, max_size=3)}),
    max_leaves=6,
)
resources = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(["Questionnaire"] * 8 + ["Patient"]), "item": st.lists(items, max_size=4) | odd},
    optional={
        "id": st.sampled_from(["phq-9", "gad-7", "Mood & Sleep", "..", "ß" * 70]) | odd,
        "name": words,
        "url": st.sampled_from(["http://example.org/q/calm", "x/", ""]),
        "title": words | st.just("𝒯" * 120),
        "version": st.sampled_from(["2.1", "", "v" * 101]),
        "copyright": words,
        "code": st.lists(st.fixed_dictionaries({"system": st.just("http://loinc.org"), "code": labels}), max_size=2)
        | odd,
    },
)


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "boolean", "text": "Calm?"}
    for _ in range(depth):
        inner = {"type": "group", "item": [inner]}
    return {"resourceType": "Questionnaire", "item": [inner]}


def read(core: Core, made: str, name: str) -> tuple[Any, Any]:
    try:
        wanted = plain(load_instrument(made.encode(), name))
    except InvalidInput:
        wanted = "refused"
    try:
        found = core("questionnaire", made, name)
    except Refused as refused:
        assert refused.name == "NoForm", refused
        found = "refused"
    return found, wanted


@settings(often, max_examples=400)
@given(made=resources, name=st.sampled_from(["calm.json", "Calm Form.v2.json", ".json"]))
def test_files_are_read_alike_or_refused_alike(core: Core, made: dict[str, Any], name: str) -> None:
    found, wanted = read(core, json.dumps(made), name)
    assert found == wanted


def test_files_at_the_bounds_are_read_alike(core: Core) -> None:
    option = {"valueCoding": {"display": "yes", "extension": [{"url": WEIGHT, "valueDecimal": 1}]}}
    item = {"type": "choice", "text": "Calm?", "answerOption": [option] * 2}
    flat = {"resourceType": "Questionnaire", "id": "calm"}
    worded = [{"type": "choice", "text": f"{n}", "answerOption": _from_zero_to_three()} for n in range(9)]
    bounds: list[tuple[dict[str, Any], bool]] = [
        (nested(9), True),
        (nested(10), False),
        ({**flat, "item": [item] * 200}, True),
        ({**flat, "item": [item] * 201}, False),
        ({**flat, "item": [*[{"type": "display"}] * 1999, item]}, True),
        ({**flat, "item": [*[{"type": "display"}] * 2000, item]}, False),
        ({**flat, "item": [{**item, "answerOption": [option] * 21}]}, False),
        ({**flat, "id": "phq-9", "item": worded, "copyright": "Theirs"}, True),
        ({**flat, "id": "phq-9", "item": worded[:8]}, False),
    ]
    for made, is_read in bounds:
        found, wanted = read(core, json.dumps(made), "calm.json")
        assert found == wanted
        assert (found != "refused") == is_read
    for odd_text in ("", "{", "[]", "null", '"x"', "[" * 100_000, "\ufeff" + json.dumps({**flat, "item": [item]})):
        found, wanted = read(core, odd_text, "calm.json")
        assert found == wanted


def _from_zero_to_three() -> list[dict[str, Any]]:
    return [{"valueCoding": {"display": "x", "extension": [{"url": WEIGHT, "valueDecimal": n}]}} for n in range(4)]


def test_the_words_of_a_form_are_in_none_of_those_that_come_with_it() -> None:
    assert not [one.title for one in builtin_instruments() if any(item.text for item in one.items)]
