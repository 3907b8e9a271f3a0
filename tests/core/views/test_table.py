"""Every view and every export in one table, so that what must hold of all of them is asked of each."""

import importlib
import inspect
import itertools
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from importlib.metadata import entry_points
from types import FunctionType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pytest

import milepost.views
from milepost.envelope import Event
from milepost.journal import State
from milepost.measures import builtin_instruments
from milepost.plugin_api import ExportContext, Exporter
from milepost.projection import DISCREET, EVERYTHING, project
from milepost.views import (
    brief,
    burden,
    checkins,
    chosen,
    entities,
    fields,
    handover,
    history,
    journal,
    priorities,
    progress,
    proposals,
    recurrence,
    sessions,
    then_now,
    timeline,
    today,
)
from tests.events import JOURNAL

FORMS = {one.id: one for one in builtin_instruments()}
YEAR = date(2026, 1, 1)


class At(NamedTuple):
    """A journal, and the moment at which it is looked at."""

    state: State
    events: Sequence[Event]
    day: date
    noon: datetime

    @property
    def goals(self) -> list[str]:
        return journal.goal_ids(self.state)


def _shown(at: At) -> Any:
    timed = {kind: kind in {"series", "session"} for kind in entities.KINDS}
    return {
        kind: [
            entities.show(at.state, cls, kind, one)
            for one, of_it in sorted(fields.shown_fields(at.state, kind).items())
            if of_it.get("start") or not timed[kind]
        ]
        for kind, cls in entities.KINDS.items()
    }


VIEWS: dict[str, Callable[[At], Any]] = {
    # Whole pages
    "journal_view": lambda at: journal.journal_view(at.state),
    "goals": lambda at: journal.goals(at.state),
    "conflicts": lambda at: journal.conflicts(at.state),
    "progress": lambda at: progress.progress(at.state),
    "today": lambda at: today.today(at.state, at.day, at.noon),
    "timeline": lambda at: timeline.timeline(at.state, at.events, at.day),
    "dated": lambda at: timeline.dated(at.state, at.events, at.day),
    "brief": lambda at: brief.brief(at.state, at.events, at.noon),
    "then_now": lambda at: then_now.then_now(at.state, at.events),
    "priorities": lambda at: priorities.priorities(at.state),
    "summary": lambda at: priorities.summary(at.state),
    "burden": lambda at: burden.burden(at.state, at.day),
    "handover": lambda at: handover.handover(at.state, at.events, at.day, notes=True, plan=True, forms=FORMS),
    # Of one goal
    "goal_view": lambda at: [journal.goal_view(at.state, one) for one in at.goals],
    "goal_history": lambda at: [history.goal_history(at.events, JOURNAL, one) for one in at.goals],
    "chosen_goals": lambda at: chosen.chosen_goals(at.state, at.events, progress.progress(at.state).goals, notes=True),
    "difference": lambda at: [history.difference(State(JOURNAL), at.state, "goal", one) for one in at.goals],
    # Lists
    "goal_ids": lambda at: at.goals,
    "goal_fields": lambda at: list(journal.goal_fields(at.state).items()),
    "milestone": lambda at: [entities.milestone(at.state, one) for one in sorted(at.state.visible("milestone"))],
    "milestones": lambda at: entities.milestones(at.state),
    "checkins": lambda at: checkins.checkins(at.state),
    "checkin": lambda at: [checkins.checkin(at.state, one) for one in sorted(at.state.visible("checkin"))],
    "measures": lambda at: entities.measures(at.state),
    "practices": lambda at: entities.practices(at.state),
    "series": lambda at: entities.series(at.state),
    "sessions": lambda at: entities.sessions(at.state),
    "topics": lambda at: entities.topics(at.state),
    "reflections": lambda at: entities.reflections(at.state),
    "assessments": lambda at: entities.assessments(at.state),
    "alliances": lambda at: entities.alliances(at.state),
    "reminders": lambda at: entities.reminders(at.state),
    "own": lambda at: [entities.own(at.state, entities.Plan, "plan"), entities.own(at.state, entities.Rest, "rest")],
    "show": _shown,
    "every": lambda at: sorted(entities.every(at.state, entities.Topic, "topic"), key=lambda one: one.id),
    "proposals": lambda at: proposals.proposals(at.state),
    "open_proposals": lambda at: proposals.open_proposals(at.state),
    "is_proposed": lambda at: [
        proposals.is_proposed(at.state, one.kind, one.entity) for one in proposals.proposals(at.state)
    ],
    "change_in": lambda at: [proposals.change_in(at.state, one) for one in sorted(at.state.visible("proposal"))],
    # Sessions and days
    "sessions_between": lambda at: recurrence.sessions_between(at.state, YEAR, at.day),
    "sessions_within": lambda at: list(recurrence.sessions_within(at.state, [(YEAR, YEAR), (YEAR, at.day)])),
    "near_sessions": lambda at: sessions.near_sessions(at.state, at.day),
    "far_sessions": lambda at: sessions.far_sessions(at.state, at.day),
    "listed_sessions": lambda at: sessions.listed_sessions(at.state, at.day),
    "session_by_id": lambda at: [
        sessions.session_by_id(at.state, one.id, at.day) for one in sessions.far_sessions(at.state, at.day)[:3]
    ],
    "topics_for": lambda at: sessions.topics_for(at.state, today.next_session(at.state, at.noon), at.noon),
    "last_session": lambda at: brief.last_session(at.state, at.noon),
    "next_session": lambda at: today.next_session(at.state, at.noon),
    "resting": lambda at: today.resting(at.state, at.day),
    "practices_asked": lambda at: today.practices_asked(at.state),
    "near": lambda at: today.near(at.state, at.day),
    # What other views are made of
    "checkins_about": lambda at: [list(checkins.checkins_about(at.state, one)) for one in [*at.goals, None]],
    "shown_fields": lambda at: fields.shown_fields(at.state, "checkin"),
    "those": lambda at: fields.those(at.state, "milestone", "status", lambda status: status == "reached"),
    "versions": lambda at: {one: journal.versions(at.state, "goal", one, "title") for one in at.goals},
    "changed_at": lambda at: {one: fields.changed_at(at.state, "goal", one) for one in at.goals},
    "step_counts": lambda at: priorities.step_counts(at.state, at.goals),
    "first_writes": lambda at: then_now.first_writes(at.events, JOURNAL, "goal"),
    "history": lambda at: history.history(at.events, JOURNAL, "rest", JOURNAL),
    "histories": lambda at: sorted(history.histories(at.events, JOURNAL, set(entities.KINDS)).items()),
}
"""The name of a view → all that it says of a journal."""

ELSEWHERE = {
    "each_write": "goes by the order of the log; what is made of it is in the table",
    "as_of": "gives a log and not a view",
    "state_as_of": "gives a state and not a view",
    "goal_with": "is what the views of goals are made with",
    "steps_taken_back": "gives when something last changed, and goes into goals",
}
"""Readers that are no views; `test_views_properties` has what holds of them."""


def _readers() -> Iterator[tuple[str, str]]:
    """(name, module) of every public function in `views/` that reads a state or a log."""
    for module in pkgutil.iter_modules(milepost.views.__path__):
        for name, made in vars(importlib.import_module(f"milepost.views.{module.name}")).items():
            own = isinstance(made, FunctionType) and made.__module__ == f"milepost.views.{module.name}"
            if (
                own
                and not name.startswith("_")
                and {"state", "events", "before"} & set(inspect.signature(made).parameters)
            ):
                yield name, module.name


def test_no_view_is_missing_from_the_table() -> None:
    """A new one belongs into `VIEWS`: then it is asked about order, time, words, and journals with little in them."""
    found = list(_readers())
    assert len({name for name, _ in found}) == len(found), "two views have one name"
    assert {name for name, _ in found} == VIEWS.keys() | ELSEWHERE.keys()
    assert not VIEWS.keys() & ELSEWHERE.keys()


def exporters() -> list[type[Exporter[Any]]]:
    """The formats that the built-in plugins bring, as they are found by their entry points."""
    plugins = [one for one in entry_points(group="milepost.plugins") if one.module.startswith("milepost_")]
    return [exporter for one in sorted(plugins) for exporter in getattr(one.load(), "milepost_exporters", list)()]


def exports(state: State) -> dict[str, str]:
    """A journal in every format, with and without the person's words; of a page what it says, and not its style."""
    found = {}
    for made, plain in itertools.product(exporters(), (False, True)):
        view = project(state, EVERYTHING if plain or made.private else DISCREET)
        context: ExportContext[Any] = ExportContext(plain=plain, salt="s", settings=made.settings())
        text = made().render(view, context).decode()
        found[f"export {made.format}{', plain' * plain}"] = re.sub("<style>.*?</style>", "", text, flags=re.DOTALL)
    return found


def test_every_built_in_format_is_exported() -> None:
    assert {made.format for made in exporters()} == {
        "brief",
        "csv",
        "fhir",
        "ics",
        "json",
        "jsonl",
        "markdown",
        "report",
    }


def all_views(state: State, events: Sequence[Event], day: date = date(2026, 12, 1)) -> dict[str, Any]:
    """Every view and export of a journal, as plain values."""
    at = At(state, events, day, datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    return {name: msgspec.to_builtins(view(at)) for name, view in VIEWS.items()} | exports(state)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_of_a_journal_in_which_nothing_was_ever_written_is_empty_and_no_error(name: str) -> None:
    view = VIEWS[name](At(State(JOURNAL), [], date(2026, 12, 1), datetime(2026, 12, 1, tzinfo=ZoneInfo("UTC"))))
    plain = msgspec.to_builtins(view)
    assert isinstance(plain, dict) or not any(plain or ()) or name == "own"
