"""What each view says about journals with little in them, for journals made by hand."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from milepost.journal import State, dump_state, load_state, state_hash
from milepost.views import today
from milepost.views.checkins import checkins_about
from tests.core.views.pages import NEVER_SAID, NEW_YORK, Pages, goal_less, open_only, texts
from tests.core.views.test_table import all_views
from tests.events import JOURNAL, entity


@pytest.mark.parametrize("fill", [lambda _: None, goal_less, open_only])
def test_every_view_reads_well_with_little_and_urges_nothing(fill: Any) -> None:
    pages = Pages()
    fill(pages)
    found = all_views(pages.state, pages.events)
    for words in texts(found):
        assert not any(word in words.lower() for word in (*NEVER_SAID, "add a goal", "goal add")), words
    assert found["priorities"]["early_win"] is None
    assert found["burden"]["minutes"] == 0
    assert found["today"]["words"] == "Nothing is planned for this day, which is fine."
    assert found["progress"]["attainment_t"] is None


def test_an_empty_journal_has_a_kind_word() -> None:
    found = all_views(State(JOURNAL), [])
    assert found["summary"]["words"] == "Nothing is written here yet, which is fine."
    assert found["timeline"] == ()
    assert found["progress"] == {"goals": (), "apart": (), "attainment_t": None}
    assert found["brief"]["since"] is None


def test_a_journal_without_goals_has_numbers_words_and_days_of_its_own(pages: Pages) -> None:
    goal_less(pages)
    found = all_views(pages.state, pages.events)
    assert [s["now"] for s in found["progress"]["apart"]] == [4]
    assert [(one["goal"], one["first"]["text"]) for one in found["then_now"]] == [(None, "a quiet day")]
    assert found["summary"]["words"] == "Two check-ins, on two days. One reflection."
    assert [e["kind"] for e in found["timeline"]] == ["checkin", "checkin", "reflection"]
    assert [n["text"] for n in found["brief"]["notes"]] == ["a quiet day"]


def test_open_goals_are_spoken_of_in_words(pages: Pages) -> None:
    open_only(pages)
    found = all_views(pages.state, pages.events)
    assert [g["words"] for g in found["progress"]["goals"]] == [
        "One note kept about it.",
        "Nothing is noted about it yet, which is fine.",
    ]
    assert all(g["series"] == () for g in found["progress"]["goals"])
    assert found["summary"]["words"] == "Two goals are active. One check-in, on one day."


def test_views_change_nothing_in_the_state_they_look_at(weekly: Pages) -> None:
    goal = weekly.goal(1, "One", confidence=9, due="2026-12-02")
    weekly.numbers(goal, weekly.measure(10, goal), {f"2026-11-{day:02}": day for day in range(1, 28)})
    state = weekly.state
    before = msgspec.json.encode([sorted(state.entities), len(state.devices), state_hash(weekly.state)])
    all_views(state, weekly.events)
    assert msgspec.json.encode([sorted(state.entities), len(state.devices), state_hash(state)]) == before
    assert all_views(state, weekly.events) == all_views(weekly.state, weekly.events)


def test_the_utc_clock_stays_out_of_it() -> None:
    """A day is the person's own: two zones, one instant, two days."""
    pages = Pages(NEW_YORK)
    start = {"at": "2026-11-10T22:00:00", "time_zone": NEW_YORK}
    pages.write("session.scheduled", id=entity(1), start=start)
    now = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)
    found = today.today(pages.state, now.astimezone(ZoneInfo(NEW_YORK)).date(), now)
    assert (found.on, found.session and found.session.start) == ("2026-11-10", start)


def test_a_checkin_is_found_by_what_it_is_about_now(pages: Pages) -> None:
    first, second = pages.goal(1, "One"), pages.goal(2, "Two")
    pages.write("checkin.recorded", id=entity(7), subject=first, on="2026-11-02", note="about one")
    pages.write("checkin.amended", id=entity(7), subject=second)
    pages.write("checkin.recorded", id=entity(8), on="2026-11-02", note="about nothing yet")
    pages.write("checkin.amended", id=entity(8), subject=second)
    pages.write("checkin.amended", id=entity(8), subject=None)
    again = load_state(dump_state(pages.state))
    assert again is not None
    for state in (pages.state, again):
        found = {about: [one.id for one in checkins_about(state, about)] for about in (first, second, None)}
        assert found == {first: [], second: [entity(7)], None: [entity(8)]}
