"""Journals without a goal, and with open goals alone: each is complete, and every view, page and export reads well of it."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from rich.console import Console

from milepost.cli import charts
from milepost.envelope import Event
from milepost.journal import State
from milepost.plugin_api import ExportContext
from milepost.projection import EVERYTHING, project
from milepost.views.brief import brief
from milepost.views.burden import burden
from milepost.views.progress import Measured, Progress, progress
from milepost.views.then_now import then_now
from milepost_ics import IcsExporter
from milepost_ics.settings import IcsSettings
from tests.core.views.logs import days, drafts, fold, logs, slowly
from tests.core.views.pages import BERLIN, NEVER_SAID, Pages, goal_less, open_only, texts
from tests.core.views.test_table import VIEWS, all_views, exports
from tests.events import entity

DAY = date(2026, 12, 1)
URGES = (*NEVER_SAID, "add a goal", "goal add", "set a goal", "no goals", "try ", "don't forget", "measure it", "smart")
"""What would press somebody, or point at what is not there."""


def around(pages: Pages) -> None:
    """All that a journal may have beside goals."""
    start = {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    pages.write("series.planned", id=entity(200), start=start, recurrence="FREQ=WEEKLY", minutes=50)
    pages.write("session.scheduled", id=entity(201), start=start, series=entity(200), original=start)
    pages.write("session.status_changed", id=entity(201), status="held", on="2026-11-03")
    pages.write("topic.added", id=entity(202), text="The letter")
    pages.write("reflection.written", id=entity(203), on="2026-11-03", text="Long", takeaway="Ask early")
    add = {"title": "Walk", "start": "2026-11-01", "recurrence": "FREQ=DAILY", "minutes": 5}
    pages.write("practice.added", id=entity(204), **add)
    pages.checkin(
        205, entity(204), "2026-11-30", occurrence="2026-11-30", note="by the river", at="2026-11-30T18:00:00"
    )
    form = {"instrument": "phq-9", "version": "1", "answers": [1]}
    pages.write("assessment.recorded", id=entity(206), on="2026-11-05", score=1, **form)
    pages.write("alliance.recorded", id=entity(207), on="2026-11-03", bond=8)
    pages.write("plan.written", helps="A walk")


def goal_less_and_more(pages: Pages) -> None:
    goal_less(pages)
    around(pages)


def open_only_and_more(pages: Pages) -> None:
    open_only(pages)
    around(pages)
    pages.write("milestone.added", id=entity(210), goal=entity(1), title="Write to Ida")
    pages.write("milestone.status_changed", id=entity(210), status="reached", on="2026-11-20")
    pages.write("reflection.written", id=entity(211), on="2026-11-21", text="It is lighter", goal=entity(1))
    pages.write("goal.revised", id=entity(2), title="Be with people, now and then", reason="kinder")
    pages.write("goal.status_changed", id=entity(2), status="let_go", on="2026-11-22", reflection="Enough for now")


FILLS: dict[str, Callable[[Pages], None]] = {
    "nothing": lambda _: None,
    "no goals": goal_less,
    "no goals, and more": goal_less_and_more,
    "open goals": open_only,
    "open goals, and more": open_only_and_more,
}


@pytest.fixture(params=FILLS)
def little(request: pytest.FixtureRequest) -> Pages:
    pages = Pages()
    FILLS[request.param](pages)
    return pages


def measured(found: Progress) -> Iterator[Measured]:
    yield from found.apart
    for goal in found.goals:
        yield from goal.series


def printed(state: State, events: Sequence[Event]) -> str:
    """What the pages that draw show at a terminal."""
    page = io.StringIO()
    console = Console(file=page, width=80)
    charts.progress(console, progress(state), all_of_it=True)
    charts.then_now(console, then_now(state, events))
    charts.burden(console, burden(state, DAY), {one: one[-3:] for one in state.entities.get("practice", {})})
    for line in charts.page(brief(state, events, datetime(2026, 12, 1, 12, tzinfo=ZoneInfo(BERLIN)))):
        console.print(line, markup=False)
    return page.getvalue()


def urges(words: str) -> list[str]:
    return [word for word in URGES if word in words.lower()]


def check_reads_well(state: State, events: Sequence[Event], day: date = DAY) -> dict[str, Any]:
    """Nobody is pressed, nothing is drawn of nothing, and every page has a word on it. Gives the views."""
    found = all_views(state, events, day)
    for words in texts(found):
        assert not urges(words), words
    for one in measured(progress(state)):
        assert one.points
        lines = charts.chart(one)
        assert not lines or lines[-2].partition("│")[2].strip(), "a chart has something in it"
    page = printed(state, events)
    assert not urges(page), page
    assert page.strip()
    return found


def test_every_view_page_and_export_reads_well_with_little_in_a_journal(little: Pages) -> None:
    found = check_reads_well(little.state, little.events)
    assert found["priorities"]["early_win"] is None
    assert found["burden"]["checkin_minutes"] == 0
    assert found["burden"]["offer"] is None
    assert found["progress"]["attainment_t"] is None
    assert found["brief"]["worth"] == ()


OF_GOALS = {
    "goals", "goal_view", "goal_history", "goal_ids", "goal_fields", "chosen_goals", "difference", "conflicts", "near",
    "milestone", "milestones", "measures", "those", "changed_at", "step_counts", "first_writes",
}  # fmt: skip
"""Views that have nothing to say where there is no goal."""


@pytest.mark.parametrize("fill", [goal_less, goal_less_and_more])
def test_without_goals_what_is_about_goals_is_empty_and_says_nothing_of_it(fill: Callable[[Pages], None]) -> None:
    pages = Pages()
    fill(pages)
    found = all_views(pages.state, pages.events)
    assert VIEWS.keys() > OF_GOALS
    assert {name for name in OF_GOALS if found[name]} == set()
    assert (found["progress"]["goals"], found["priorities"]["goals"], found["handover"]["goals"]) == ((), (), ())
    assert "oal" not in printed(pages.state, pages.events).replace("Without a goal", "")
    assert "oal" not in " ".join(found[view]["words"] for view in ("summary", "today"))


def test_a_journal_without_goals_is_complete() -> None:
    pages = Pages()
    goal_less_and_more(pages)
    found = all_views(pages.state, pages.events)
    assert found["summary"]["words"] == (
        "Three check-ins, on three days. Two reflections. One practice going on. One session held. "
        "One topic for the next session."
    )
    assert found["today"]["words"] == "One practice for this day. One topic for the next session."
    assert found["today"]["session"]["start"]["at"] == "2026-12-01T15:00:00"
    assert [(one["times"], one["minutes"]) for one in found["burden"]["practices"]] == [(7, 35)]
    assert [words for one in found["progress"]["apart"] for words in [one["words"]]] == ["4 on 1 Nov 2026."]
    assert found["brief"]["takeaways"] == ()
    assert [topic["title"] for topic in found["brief"]["topics"]] == ["The letter"]
    assert [note["text"] for note in found["brief"]["notes"]] == ["by the river"]
    assert (found["handover"]["topics"], found["handover"]["sessions_held"]) == (("The letter",), 1)
    assert {entry["kind"] for entry in found["timeline"]} == {"checkin", "reflection", "session", "assessment"}
    assert len(found["journal_view"]["checkins"]) == 3


def test_open_goals_are_complete_without_a_number_or_a_date() -> None:
    pages = Pages()
    open_only_and_more(pages)
    found = all_views(pages.state, pages.events)
    assert [(goal["title"], goal["kind"], goal["status"]) for goal in found["goals"]] == [
        ("Feel lighter", "open", "active"),
        ("Be with people, now and then", "open", "let_go"),
    ]
    assert [goal["words"] for goal in found["progress"]["goals"]] == [
        "Its one step reached. One note kept about it.",
        "Nothing is noted about it yet, which is fine.",
    ]
    assert found["summary"]["words"].startswith("One goal is active, one was let go. One step reached.")
    assert [goal["title"] for goal in found["priorities"]["goals"]] == ["Feel lighter"]
    assert found["near"] == ()
    assert [(one["title"], len(one["wordings"])) for one in found["then_now"]] == [
        ("Feel lighter", 0),
        ("Be with people, now and then", 1),
        ("", 0),
    ]
    assert [goal["title"] for goal in found["handover"]["goals"]] == ["Feel lighter"]
    kinds = [entry["what"] for entry in found["timeline"] if entry["kind"] in {"goal", "milestone"}]
    assert kinds == ["written down", "written down", "reached", "let go"]


def of_goals(state: State) -> bytes:
    """The entries of a calendar of goals and their steps alone, in the person's own words."""
    settings = IcsSettings(kinds=("goals", "milestones"))
    context: ExportContext[Any] = ExportContext(plain=True, salt="s", settings=settings)
    body = IcsExporter().render(project(state, EVERYTHING), context)
    return body[body.index(b"BEGIN:VEVENT") :] if b"BEGIN:VEVENT" in body else b""


def test_what_has_no_date_is_in_no_calendar_and_all_of_it_in_the_persons_own_copy(little: Pages) -> None:
    assert of_goals(little.state) == b""
    found = exports(little.state)
    for name in ("export ics", "export ics, plain"):
        calendar = icalendar.Calendar.from_ical(found[name])
        assert str(calendar["NAME"]) == ("Mine" if "plain" in name else "Milepost")
    copy = json.loads(found["export json"])
    assert found["export json"] == found["export json, plain"], "one's own copy is never discreet"
    assert {one["id"] for one in copy["checkins"]} == set(little.state.visible("checkin"))
    assert {one["id"] for one in copy["goals"]} == set(little.state.visible("goal"))
    assert {one["id"] for one in copy["topics"]} == set(little.state.visible("topic"))


def test_a_step_of_an_open_goal_may_have_a_day_of_its_own() -> None:
    pages = Pages()
    open_only(pages)
    pages.write("milestone.added", id=entity(210), goal=entity(1), title="Write to Ida", due="2026-12-06")
    found = exports(pages.state)
    assert "Write to Ida" in found["export ics, plain"]
    assert "Step 1 of 1" in found["export ics"]
    assert "Ida" not in found["export ics"]
    [near] = all_views(pages.state, pages.events)["today"]["near"]
    assert (near["title"], near["days"]) == ("Write to Ida", 5)


# The same of whatever may be written


def _without_goals(draft: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    name, fields = draft
    practices = {entity(20 + n) for n in (1, 2, 3)}
    left = {k: v for k, v in fields.items() if k not in {"goal", "measure"} and (k != "subject" or v in practices)}
    return name, left


def _as_open(draft: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    name, fields = draft
    kept = {k: v for k, v in fields.items() if k not in {"due", "measure", "confidence"}}
    # A revision of nothing but its measure is one of nothing.
    return name, {**kept, "title": "Be with people"} if name == "goal.revised" else kept


GOAL_LESS = drafts("goal", "measure", "milestone", "proposal").map(_without_goals)
OPEN_ONLY = drafts("measure", "proposal").map(_as_open)


@slowly
@given(logs(drafts=GOAL_LESS), days)
def test_whatever_is_written_without_a_goal_reads_well(log: list[Event], day: str) -> None:
    found = check_reads_well(fold(log), log, date.fromisoformat(day))
    assert {name for name in OF_GOALS - {"conflicts"} if found[name]} == set()
    assert of_goals(fold(log)) == b""


@slowly
@given(logs(drafts=OPEN_ONLY), days)
def test_whatever_is_written_about_open_goals_reads_well(log: list[Event], day: str) -> None:
    found = check_reads_well(fold(log), log, date.fromisoformat(day))
    assert {goal["kind"] for goal in found["goals"]} <= {"open"}
    assert found["burden"]["checkin_minutes"] == 0
    assert found["priorities"]["early_win"] is None
    assert {one["measure"] for goal in found["progress"]["goals"] for one in goal["series"]} <= {None}
    assert of_goals(fold(log)) == b""
