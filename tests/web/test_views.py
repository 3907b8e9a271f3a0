"""What the browser shows of a journal is what Python shows of it."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.commands import settle
from milepost.errors import InvalidInput
from milepost.journal import State
from milepost.views import entities, recurrence
from milepost.views.checkins import checkins, checkins_about
from milepost.views.history import history
from milepost.views.journal import Conflict, conflicts, goal_view, goals
from milepost.views.today import today
from tests.core.views.logs import DAYS, fold
from tests.core.views.test_recurrence_properties import rules
from tests.events import JOURNAL, entity, event
from tests.web.core import Core
from tests.web.journals import Log, journals, text
from tests.web.test_folding import often


def shown(state: State, on: date) -> dict[str, Any]:
    practices = entities.practices(state)
    day = msgspec.to_builtins(today(state, on))
    return {
        "goals": plain(goals(state)),
        "each": plain([goal_view(state, one) for one in state.visible("goal")]),
        "pages": [[one.id for one in practices if one.goal == goal] for goal in state.visible("goal")],
        "practices": plain(practices),
        "checkins": plain(checkins(state)),
        "conflicts": plain(conflicts(state)),
        # Sessions need a table of time zones, and words are the page's own.
        "today": plain({name: value for name, value in day.items() if name not in {"session", "words"}}),
    }


def plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


@often
@given(log=journals(), on=st.sampled_from(DAYS))
def test_goals_check_ins_conflicts_and_a_day_are_shown_alike(core: Core, log: Log, on: str) -> None:
    assert core("views", JOURNAL, text(log), on) == shown(fold(log), date.fromisoformat(on))


@often
@given(log=journals())
def test_what_was_written_twice_is_settled_alike(core: Core, log: Log) -> None:
    state = fold(log)

    def drafts(one: Conflict, value: Any) -> Any:
        try:
            return [
                {"type": name, "fields": fields} for name, fields in settle(state, one.kind, one.id, one.field, value)
            ]
        except InvalidInput:
            return None

    wanted = [[drafts(one, version.value) for version in (one.a, one.b, *one.others)] for one in conflicts(state)]
    assert core("settled", JOURNAL, text(log)) == plain(wanted)


@settings(often, max_examples=40)
@given(log=journals())
def test_what_became_of_an_entity_is_told_alike(core: Core, log: Log) -> None:
    state = fold(log)
    named = [(kind, one) for kind, of_kind in state.entities.items() for one in of_kind]
    wanted = [[kind, one, plain(history(log, JOURNAL, kind, one))] for kind, one in named]
    assert core("histories", JOURNAL, text(log)) == wanted


def test_where_a_goal_began_and_what_is_done_for_a_day(core: Core) -> None:
    goal, practice = entity(1), entity(2)
    about: list[dict[str, Any]] = [
        {"type": "goal.created", "id": goal, "title": "Mine"},
        {"type": "practice.added", "id": practice, "title": "Walk", "recurrence": "FREQ=DAILY", "start": DAYS[0]},
        {"type": "checkin.recorded", "id": entity(3), "subject": goal, "on": DAYS[0], "value": 3},
        {"type": "checkin.recorded", "id": entity(4), "subject": goal, "on": DAYS[1], "value": 5, "baseline": True},
        {"type": "checkin.recorded", "id": entity(5), "subject": goal, "on": DAYS[2], "value": 7},
        {"type": "checkin.recorded", "id": entity(6), "subject": practice, "on": DAYS[3], "occurrence": DAYS[2]},
    ]
    log = [event(n, at_ms=n, **fields) for n, fields in enumerate(about, 1)]
    for on in DAYS[:4]:
        assert core("views", JOURNAL, text(log), on) == shown(fold(log), date.fromisoformat(on))
    (found,) = core("views", JOURNAL, text(log), DAYS[2])["goals"]
    assert (found["first"], found["latest"]) == (5, 7)


@settings(often, max_examples=30)
@given(log=journals())
def test_check_ins_are_kept_up_with_a_journal_that_grows(core: Core, log: Log) -> None:
    state, wanted = State(JOURNAL), []
    for one in log:
        state.apply(one)
        wanted.append([[found.id for found in checkins(state)], len(checkins_about(state, None))])
    assert core("growing", JOURNAL, text(log)) == wanted


days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@settings(often, max_examples=150)
@given(rule=rules(), start=days, after=st.integers(-50, 400), span=st.integers(0, 500))
def test_recurrences_fall_on_the_same_days(core: Core, rule: str, start: date, after: int, span: int) -> None:
    first = start + timedelta(after)
    last = first + timedelta(span)
    found = [day.isoformat() for day in recurrence.occurrences(rule, start, first, last)]
    assert core("occurrences", rule, start.isoformat(), first.isoformat(), last.isoformat()) == found


@pytest.mark.parametrize("part", ["BYWEEKNO=1", "BYWEEKNO=53,-53", "BYWEEKNO=-1;WKST=SU", "BYYEARDAY=-366,366,60"])
def test_the_ends_of_years_are_counted_alike(core: Core, part: str) -> None:
    rule, first, last = f"FREQ=YEARLY;{part}", date(2020, 1, 1), date(2048, 12, 31)
    found = [day.isoformat() for day in recurrence.occurrences(rule, first, first, last)]
    assert core("occurrences", rule, "2020-01-01", "2020-01-01", "2048-12-31") == found != []


def test_what_is_no_rule_or_never_comes_has_no_days(core: Core) -> None:
    odd = [
        "",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=x",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=1",
    ]
    for rule in [*odd, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;WKST=AA", "FREQ=DAILY;BYHOUR=1"]:
        start = date(2026, 1, 1)
        assert recurrence.occurrences(rule, start, start, date(9999, 12, 31)) == []
        assert core("occurrences", rule, "2026-01-01", "2026-01-01", "9999-12-31") == []
