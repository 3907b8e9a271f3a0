"""What a plugin is shown of a journal, whatever was written and whatever was granted."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost import plugin_api as api
from milepost.clock import format_hlc
from milepost.envelope import Event
from milepost.journal import State
from milepost.plugin_api import KIND_NEEDS, SCOPE_OF, SCOPES, VIEWS, WITHHELD, Kind, View, plain
from milepost.projection import (
    DISCREET,
    EVERYTHING,
    Grant,
    around,
    digest,
    every_entity,
    neutral_title,
    project,
    project_entity,
    revised,
    set_by,
)
from milepost.views.history import histories
from tests.core.views.logs import (
    DRAFTS,
    START,
    checkins,
    days,
    fold,
    goals,
    logs,
    maybe,
    measures,
    notes,
    reordered,
    sessions,
    slowly,
    steps,
    tens,
    written,
)
from tests.core.views.pages import Pages
from tests.events import JOURNAL, device, entity, event, redaction
from tests.words import OWN_WORDS, WORD, marked, texts_in

LISTS: dict[Kind, str] = {kind: kind if kind == "series" else f"{kind}s" for kind in VIEWS}
"""Kind → what a whole journal calls those of it."""

OPEN: dict[type[View], str] = {
    api.Goal: "id changed_at kind status measure rank steps reached",
    api.Milestone: "id changed_at goal status rank place of",
    api.Practice: "id changed_at goal status",
    api.Measure: "id changed_at goal type better",
    api.Checkin: "id changed_at subject measure baseline source external_id",
    api.Series: "id changed_at",
    api.Session: "id changed_at status series",
    api.Topic: "id changed_at about session status",
    api.Reflection: "id changed_at session goal",
    api.Assessment: "id changed_at instrument version",
}
"""Fields that every connection sees, of kinds that it sees at all. None may hold what a person wrote."""

grants = st.builds(Grant, st.sets(st.sampled_from(SCOPES)).map(frozenset), st.booleans())

WORDY = [
    written("goal.revised", id=goals, looks_like=notes, helps=notes, area=st.just("work")),
    written("goal.status_changed", id=goals, status=st.just("ended"), on=days, reflection=notes),
    written("measure.revised", id=measures, question=notes, unit=st.just("pages"), level_0=notes, level_plus_1=notes),
    written("checkin.recorded", id=checkins, subject=goals, on=days, value=notes, measure=maybe(measures)),
    written("session.scheduled", id=sessions, start=st.just(START), place=notes, minutes=st.just(50)),
]
"""More words than the logs of other tests have."""

MOVES = [
    written("milestone.revised", id=steps, goal=goals),
    written("checkin.amended", id=checkins, subject=st.one_of(st.none(), goals)),
    written(
        "proposal.decided",
        id=st.just(entity(101)),
        decision=st.just("accepted"),
        on=days,
        accepted=st.one_of(
            st.fixed_dictionaries(
                {"kind": st.just("milestone"), "id": steps, "fields": st.fixed_dictionaries({"goal": goals})}
            ),
            st.fixed_dictionaries(
                {"kind": st.just("goal"), "id": goals, "fields": st.fixed_dictionaries({"importance": tens})}
            ),
        ),
    ),
]
"""What makes one thing belong to another than before."""

wordy_logs = st.one_of(logs(), logs(drafts=st.one_of(DRAFTS, *[made for _, made in WORDY])))
moving_logs = logs(drafts=st.one_of(DRAFTS, *[made for _, made in (*WORDY, *MOVES)]))


def shown(state: State, grant: Grant = EVERYTHING) -> dict[tuple[str, str], View]:
    """Every entity, each asked for by itself."""
    found = {(kind, one): project_entity(state, kind, one, grant) for kind, one in every_entity(state, grant)}
    return {key: view for key, view in found.items() if view is not None}


@slowly
@given(st.one_of(wordy_logs, moving_logs), grants)
def test_a_whole_journal_and_each_thing_in_it_show_the_same(log: list[Event], grant: Grant) -> None:
    state = fold(log)
    whole = project(state, grant)
    listed = {(kind, one.id): one for kind in VIEWS for one in getattr(whole, LISTS[kind])}
    assert listed == shown(state, grant)
    for kind in VIEWS:
        for one in state.entities.get(kind, {}):
            if (kind, one) not in listed:
                assert project_entity(state, kind, one, grant) is None


@slowly
@given(wordy_logs, grants)
def test_parents_come_before_what_names_them(log: list[Event], grant: Grant) -> None:
    order = list(VIEWS)
    found = [kind for kind, _ in every_entity(fold(log), grant)]
    assert found == sorted(found, key=order.index)
    assert order.index("goal") < order.index("milestone") < order.index("checkin")


def differences(before: dict[tuple[str, str], View], after: dict[tuple[str, str], View]) -> set[tuple[str, str]]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def check_named(state: State, made: Event) -> None:
    """Folds one event in, and looks whether all that then looks different was named."""
    before, set_before = shown(state), list(set_by(state, made))
    named = {one for key in set_before for one in around(state, *key)}
    state.apply(made)
    assert list(set_by(state, made)) == set_before
    named |= {one for key in set_before for one in around(state, *key)}
    assert differences(before, shown(state)) <= named


@slowly
@given(moving_logs, st.randoms(use_true_random=False))
def test_whatever_looks_different_after_an_event_is_around_what_it_set(log: list[Event], chance: random.Random) -> None:
    state = State(JOURNAL)
    for made in reordered(log, chance):
        check_named(state, made)


@slowly
@given(moving_logs, st.randoms(use_true_random=False))
def test_whatever_looks_different_after_a_redaction_is_around_what_it_emptied(
    log: list[Event], chance: random.Random
) -> None:
    state = fold(log)
    for n, target in enumerate(chance.sample(log, min(len(log), 5)), 1):
        seen = {one: of.n for one, of in state.devices.items() if one != device(9)}
        check_named(state, redaction(n, target, by=device(9), seen=seen, at_ms=1_800_000_000_000 + n))


@slowly
@given(moving_logs)
def test_when_something_changed_makes_no_other_digest_and_all_else_does(log: list[Event]) -> None:
    for view in shown(fold(log)).values():
        assert digest(msgspec.structs.replace(view, changed_at=format_hlc(1))) == digest(view)
        for name in view.__struct_fields__:
            if name != "changed_at" and getattr(view, name) is not WITHHELD:
                assert digest(msgspec.structs.replace(view, **{name: WITHHELD})) != digest(view)


# What a person wrote


NEEDED = dict.fromkeys(OWN_WORDS, "free-text") | dict.fromkeys(["title", "area", "question", "unit"], "titles")
"""Field of an event with somebody's words in it → the scope that lets them out."""


def words_in(view: Any) -> set[str]:
    """The names of the fields whose words are in a projection."""
    return {text.partition(" ")[0].removeprefix(f"{WORD}-") for text in texts_in(plain(view)) if WORD in text}


@slowly
@given(wordy_logs, grants)
def test_no_word_of_a_persons_is_shown_without_its_scope_or_where_texts_are_neutral(
    log: list[Event], grant: Grant
) -> None:
    state = fold([marked(one) for one in log])
    for view in (project(state, grant), *shown(state, grant).values()):
        found = words_in(view)
        if not grant.plain:
            assert found == set()
            assert WORD not in repr(view)
        assert {NEEDED.get(name, "free-text") for name in found} <= grant.scopes


@slowly
@given(wordy_logs, grants)
def test_a_field_whose_scope_was_not_granted_is_withheld_and_never_none(log: list[Event], grant: Grant) -> None:
    state = fold(log)
    everything = shown(state)
    for (kind, one), view in shown(state, grant).items():
        for name in view.__struct_fields__:
            scope, value = SCOPE_OF[type(view)].get(name), getattr(view, name)
            if scope is not None and not grant.has(scope):
                assert value is WITHHELD
            elif scope is None or (grant.plain and value is not WITHHELD):
                assert value == getattr(everything[kind, one], name)
            elif name == "title":
                assert value == neutral_title(view)


@slowly
@given(wordy_logs, grants)
def test_kinds_that_are_nothing_without_a_scope_are_not_there_without_it(log: list[Event], grant: Grant) -> None:
    kinds = {kind for kind, _ in every_entity(fold(log), grant)}
    for kind, scope in KIND_NEEDS.items():
        if not grant.has(scope):
            assert kind not in kinds


@slowly
@given(wordy_logs, grants)
def test_what_became_of_a_thing_shows_no_more_than_the_thing_itself(log: list[Event], grant: Grant) -> None:
    log = [marked(one) for one in log]
    kinds = {kind for kind in fold(log).entities if kind != "journal"}
    for (kind, _), changes in histories(log, JOURNAL, kinds).items():
        found = revised(kind, changes, grant)
        assert len(found) == (len(changes) if kind in grant.kinds else 0)
        told = {words for one in found for words in words_in([one.was, one.now, one.reason])}
        assert {NEEDED.get(name, "free-text") for name in told} <= (grant.scopes if grant.plain else set())
        for one in found:
            if kind in VIEWS and (scope := SCOPE_OF[VIEWS[kind]].get(one.field)) and not grant.has(scope):
                assert (one.was, one.now) == (WITHHELD, WITHHELD)


def full() -> Pages:
    """A journal in which every field of every kind is filled in."""
    pages, moment = Pages(), {"at": "2026-11-24T15:00:00", "time_zone": "Europe/Berlin"}
    ids = {kind: entity(n) for n, kind in enumerate(VIEWS, 1)}
    words = {name: f"{name} in words" for name in ("looks_like", "why", "helps", "area")}
    start = {"start": "2026-10-01", "due": "2026-12-18", "importance": 8, "confidence": 6}
    pages.write("goal.created", id=ids["goal"], title="Aim", kind="smart", rank="m", **words, **start)
    pages.write("goal.revised", id=ids["goal"], measure=ids["measure"])
    pages.write("goal.status_changed", id=ids["goal"], status="paused", on="2026-11-01", reflection="Later")
    levels = {f"level_{step}": f"level {step}" for step in ("minus_2", "minus_1", "0", "plus_1", "plus_2")}
    numbers = {"low": 0, "high": 10, "target": 7, "weight": 3, "better": "up", "question": "How?", "unit": "pages"}
    pages.write("measure.defined", id=ids["measure"], goal=ids["goal"], type="attainment", **levels, **numbers)
    about = {"id": ids["milestone"], "goal": ids["goal"], "rank": "m"}
    pages.write("milestone.added", title="Step", due=moment, **about)
    pages.write("milestone.status_changed", id=ids["milestone"], status="reached", on="2026-11-02")
    rule = {"recurrence": "FREQ=WEEKLY", "start": "2026-10-02", "minutes": 20, "goal": ids["goal"]}
    pages.write("practice.added", id=ids["practice"], title="Breathe", **rule)
    pages.write("practice.status_changed", id=ids["practice"], status="paused", on="2026-11-03")
    planned = {"start": moment, "minutes": 50, "place": "upstairs"}
    pages.write("series.planned", id=ids["series"], recurrence="FREQ=DAILY", **planned)
    pages.write("series.ended", id=ids["series"], ended="2026-12-01")
    pages.write("session.scheduled", id=ids["session"], series=ids["series"], original=moment, **planned)
    pages.write("session.status_changed", id=ids["session"], status="held", on="2026-11-24")
    said = {"value": "better", "measure": ids["measure"], "baseline": True, "note": "quiet", "occurrence": "2026-11-05"}
    origin = {"source": "phone", "external_id": "x-1"}
    pages.write("checkin.recorded", id=ids["checkin"], subject=ids["goal"], on="2026-11-05", **said, **origin)
    amended = {"type": "checkin.amended", "id": ids["checkin"], "at": "2026-11-05T09:00:00"}
    pages.events.append(event(len(pages.events) + 1, at_ms=pages.now_ms, **amended))
    link = {"about": {"journal": JOURNAL, "kind": "goal", "id": ids["goal"]}, "session": ids["session"]}
    pages.write("topic.added", id=ids["topic"], text="The letter", **link)
    pages.write("topic.status_changed", id=ids["topic"], status="discussed", on="2026-11-24")
    kept = {"text": "It went", "takeaway": "Go on", "session": ids["session"], "goal": ids["goal"]}
    pages.write("reflection.written", id=ids["reflection"], on="2026-11-24", **kept)
    form = {"instrument": "phq-9", "version": "1", "answers": [1, 2], "score": 3, "subscores": {"sleep": 2}}
    pages.write("assessment.recorded", id=ids["assessment"], on="2026-11-24", **form)
    return pages


@pytest.mark.parametrize("kind", VIEWS)
def test_every_field_of_a_view_is_read_off_a_journal(kind: Kind) -> None:
    cls = VIEWS[kind]
    (view,) = getattr(project(full().state), LISTS[kind])
    unset = {
        field.name
        for field in msgspec.structs.fields(cls)
        if getattr(view, field.name) in (field.default, None, (), {}, "")
    }
    assert unset == set()


@pytest.mark.parametrize("cls", VIEWS.values())
def test_every_field_needs_a_scope_or_is_known_to_be_open(cls: type[View]) -> None:
    closed, open_ = set(SCOPE_OF[cls]), set(OPEN[cls].split())
    assert not closed & open_
    assert closed | open_ == set(cls.__struct_fields__)
    assert set(SCOPE_OF[cls].values()) <= set(SCOPES)


def test_no_open_field_holds_what_a_person_wrote() -> None:
    log = [marked(one) for one in full().events]
    everything = project(fold(log))
    assert words_in(everything) == OWN_WORDS - {"reason", "what"} | {"value"}
    for kind in VIEWS:
        (view,) = getattr(everything, LISTS[kind])
        assert not any(
            WORD in text for name in OPEN[type(view)].split() for text in texts_in(plain(getattr(view, name)))
        )


def test_an_export_that_others_may_see_has_dates_and_numbers_and_no_word_or_score() -> None:
    view = project(fold([marked(one) for one in full().events]), DISCREET)
    assert (view.goals[0].title, view.milestones[0].title, view.practices[0].title) == (
        "Goal",
        "Step 1 of 1",
        "Practice",
    )
    assert view.goals[0].due == "2026-12-18"
    assert view.goals[0].importance == 8
    assert (view.topics, view.reflections, view.assessments) == ((), (), ())
    assert view.checkins[0].value is WITHHELD, "it is in words"
    assert view.title is WITHHELD
    assert WORD not in repr(view)


def test_what_is_withheld_counts_as_nothing_and_is_not_nothing() -> None:
    assert not WITHHELD
    assert WITHHELD is not None
    assert (repr(WITHHELD), plain({"why": WITHHELD, "due": None})) == ("WITHHELD", {"due": None})


def test_a_step_tells_its_place_among_those_that_were_not_dropped() -> None:
    pages = Pages()
    pages.goal(1)
    for n, status in ((11, "planned"), (12, "dropped"), (13, "reached")):
        pages.write("milestone.added", id=entity(n), goal=entity(1), title="x", rank=f"{n}")
        pages.write("milestone.status_changed", id=entity(n), status=status, on="2026-11-01")
    view = project(pages.state, Grant(frozenset({"titles"}), plain=False))
    assert [(one.title, one.place, one.of) for one in view.milestones] == [
        ("Step 1 of 2", 1, 2),
        ("Step", 0, 0),
        ("Step 2 of 2", 2, 2),
    ]
    assert (view.goals[0].steps, view.goals[0].reached) == (2, 1)
    assert view.milestones[0].due is WITHHELD
    assert view.milestones[0].due_day is None
