"""A copy of a journal in the browser is the one that `milepost export json` writes."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.envelope import Event, decode_event
from milepost.journal import State
from milepost.plugin_api import ExportContext
from milepost.projection import project
from milepost.views.journal import goals
from milepost_json import JsonExporter
from tests.core.views.logs import DAYS, fold
from tests.events import JOURNAL, entity, event
from tests.web import data_files
from tests.web.core import Core, Refused
from tests.web.journals import Log, journals, text
from tests.web.test_folding import often
from tests.web.test_progress import measured


def exported(log: list[Any]) -> Any:
    return json.loads(JsonExporter().render(project(fold(log)), ExportContext(salt="s")))


@settings(often, max_examples=150)
@given(log=journals())
def test_a_copy_says_what_the_terminals_says(core: Core, log: Log) -> None:
    found = core("copy", JOURNAL, text(log))
    assert found == exported(log)
    assert [*found] == [*exported(log)], "in the same order"


ZONED = {"at": "2026-01-05T10:00:00", "time_zone": "Europe/Berlin"}


@settings(often, max_examples=20)
@given(order=st.permutations(range(7)))
def test_a_copy_has_sessions_forms_and_levels(core: Core, order: list[int]) -> None:
    goal, series = entity(1), entity(2)
    about: list[dict[str, Any]] = [
        {"type": "series.planned", "id": series, "start": ZONED, "recurrence": "FREQ=WEEKLY", "minutes": 50},
        {"type": "session.scheduled", "id": entity(4), "start": ZONED, "series": series, "original": ZONED},
        {"type": "session.status_changed", "id": entity(4), "status": "held", "on": DAYS[0]},
        {"type": "reflection.written", "id": entity(5), "on": DAYS[1], "text": "Said it.", "session": entity(4)},
        {
            "type": "assessment.recorded",
            "id": entity(6),
            "instrument": "gad-7",
            "version": "1",
            "answers": [1, None],
            "on": DAYS[0],
            "score": 1.5,
            "subscores": {"worry": None},
        },
        {"type": "topic.added", "id": entity(7), "about": {"journal": JOURNAL, "kind": "goal", "id": goal}},
        {"type": "series.ended", "id": series, "ended": DAYS[2]},
    ]
    log = [
        event(1, at_ms=1, type="goal.created", id=goal, title="Mine"),
        measured(goal, entity(3), {"level_0": "as hoped", "low": -2, "high": 2, "question": "How?"}),
    ]
    log += [event(n, at_ms=n, **about[at]) for n, at in enumerate(order, 3)]
    assert core("copy", JOURNAL, text(log)) == exported(log)


# Bringing one in

OTHER = "99999999-9999-4999-8999-999999999999"
LISTS = {
    "goals": "goal",
    "measures": "measure",
    "milestones": "milestone",
    "practices": "practice",
    "series": "series",
    "sessions": "session",
    "checkins": "checkin",
    "topics": "topic",
    "reflections": "reflection",
    "assessments": "assessment",
}
ABOUT_IDS = {"id", "changed_at", "goal", "measure", "subject", "session", "series", "original", "about", "rank"}
ONLY_THERE = {"source", "external_id", "place", "of", "steps", "reached", "first", "latest", "progress"}


def even(value: Any) -> Any:
    """A number, however it is written."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def rows(copy: dict[str, Any], name: str) -> list[str]:
    """What is said in a list, whatever it is called and beside what it stands."""
    return sorted(
        json.dumps(
            {key: even(value) for key, value in one.items() if key not in ABOUT_IDS | ONLY_THERE}, sort_keys=True
        )
        for one in copy[name]
    )


def fold_log(journal: str, log: list[Event]) -> State:
    state = State(journal)
    for one in log:
        state.apply(one)
    return state


def bring(core: Core, log: list[Event], body: str, *, again: bool = False) -> tuple[dict[str, Any], list[Event]]:
    plan, written = core("bring", OTHER, text(log), body, DAYS[3], again)
    return plan, [decode_event(one.encode()) for one in written]


def shown(log: list[Event]) -> Any:
    return json.loads(JsonExporter().render(project(fold_log(OTHER, log)), ExportContext(salt="s")))


@settings(often, max_examples=60)
@given(log=journals())
def test_a_copy_that_is_brought_in_says_the_same_comes_in_once_and_is_taken_out_again(core: Core, log: Log) -> None:
    copy = exported(log)
    body = json.dumps(copy)
    plan, written = bring(core, [], body)
    there = shown(written)
    assert len(plan["coming"]) == sum(len(there[name]) for name in LISTS)
    if not plan["refused"]:
        for name in (
            "goals",
            "measures",
            "milestones",
            "practices",
            "checkins",
            "topics",
            "reflections",
            "assessments",
        ):
            assert rows(there, name) == rows(copy, name), name
    twice, nothing = bring(core, written, body)
    assert (twice["coming"], nothing, twice["refused"]) == ([], [], plan["refused"])
    assert len(twice["brought"]) == len(plan["coming"])
    out = [decode_event(one.encode()) for one in core("takeOut", OTHER, text(written), body, DAYS[3])]
    empty = shown([*written, *out])
    assert not any(empty[name] for name in LISTS)
    back, stood = bring(core, [*written, *out], body, again=True)
    assert back["coming"] == []
    for one in back["gone"]:
        assert one["id"] in fold_log(OTHER, [*written, *out, *stood]).visible(one["kind"])


@settings(often, max_examples=60)
@given(log=journals())
def test_a_journals_own_copy_changes_nothing_in_it(core: Core, log: Log) -> None:
    plan, written = core("bring", JOURNAL, text(log), json.dumps(exported(log)), DAYS[3], False)
    assert (plan["coming"], plan["gone"], plan["brought"], written) == ([], [], [], [])


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just(entity(1)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@settings(often, max_examples=150)
@given(data=st.data())
def test_whatever_a_file_holds_is_brought_in_or_refused(core: Core, data: st.DataObject) -> None:
    names = [*data_files.copied()["checkin"], *data_files.copied()["goal"], "levels", "answers", "__proto__"]
    entry = st.dictionaries(st.sampled_from(names), anything, max_size=6)
    made = {
        "id": entity(9),
        "goals": [],
        **data.draw(st.dictionaries(st.sampled_from([*LISTS]), st.lists(entry | anything, max_size=4) | anything)),
    }
    try:
        plan, written = bring(core, [], json.dumps(made))
    except Refused as refused:
        assert refused.name == "NoCopy", refused
        return
    assert len(plan["coming"]) == sum(len(shown(written)[name]) for name in LISTS) or written


@pytest.mark.parametrize("body", ["", "[]", "null", "{}", '{"id": 3}', "[" * 50_000, '{"id": "no", "goals": []}'])
def test_what_is_no_copy_is_refused(core: Core, body: str) -> None:
    with pytest.raises(Refused, match="NoCopy"):
        core("bring", OTHER, "[]", body, DAYS[0], False)


def test_a_copy_that_is_too_much_is_refused(core: Core) -> None:
    with pytest.raises(Refused, match="much"):
        core("bring", OTHER, "[]", json.dumps({"id": JOURNAL, "goals": [{}] * 20_001}), DAYS[0], False)


def test_goals_come_behind_those_that_are_there_with_what_they_are_followed_by(core: Core) -> None:
    goal, first, other = entity(1), entity(2), entity(3)
    log = [
        event(1, at_ms=1, type="goal.created", id=goal, title="Mine", rank="a"),
        msgspec.structs.replace(measured(goal, other, {"question": "Now?", "low": 0, "high": 10})),
        event(3, at_ms=3, type="goal.revised", id=goal, measure=other),
        msgspec.structs.replace(measured(goal, first, {"question": "Before?", "low": 0, "high": 10}), n=4),
        event(5, at_ms=5, type="checkin.recorded", id=entity(4), subject=goal, measure=other, on=DAYS[0], value=3),
    ]
    there = [event(1, at_ms=1, type="goal.created", id=entity(7), title="Theirs", rank="x")]
    plan, written = bring(core, there, json.dumps(exported(log)))
    assert plan["refused"] == 0
    state = fold_log(OTHER, [*there, *written])
    found = goals(state)
    assert [one.title for one in found] == ["Theirs", "Mine"]
    assert state.fields("measure", found[1].measure or "")["question"] == "Now?"
    assert (found[1].latest, found[1].checkins[0].source) == (3, "import json")
