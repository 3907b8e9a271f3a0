"""What today says, for journals made by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from milepost.views import today
from tests.core.views.pages import BERLIN, NEW_YORK, Pages
from tests.events import entity


def test_a_practice_is_named_on_the_days_it_comes_and_on_no_other(pages: Pages) -> None:
    add = {"start": "2026-11-02", "recurrence": "FREQ=WEEKLY;BYDAY=MO,TH"}
    pages.write("practice.added", id=entity(1), title="Breathe slowly", minutes=10, **add)
    monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    assert [(d.title, d.minutes, d.done) for d in today.today(pages.state, monday).practices] == [
        ("Breathe slowly", 10, False)
    ]
    assert today.today(pages.state, tuesday).practices == ()
    assert today.today(pages.state, tuesday).words == "Nothing is planned for this day, which is fine."
    pages.checkin(2, entity(1), "2026-11-03", occurrence="2026-11-02", note="late in the evening")
    assert today.today(pages.state, monday).practices[0].done
    assert today.today(pages.state, monday).words == "One practice for this day, done."
    pages.checkin(3, entity(1), "2026-11-05", value=1)
    assert today.today(pages.state, date(2026, 11, 5)).practices[0].done
    assert not today.today(pages.state, date(2026, 11, 9)).practices[0].done
    pages.write("practice.status_changed", id=entity(1), status="paused", on="2026-11-06")
    assert today.today(pages.state, monday).practices == ()


def test_a_practice_of_a_goal_that_is_put_away_is_not_asked_for(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.write("practice.added", id=entity(2), title="Walk", goal=goal, start="2026-11-01", recurrence="FREQ=DAILY")
    day = date(2026, 11, 2)
    assert len(today.today(pages.state, day).practices) == 1
    pages.write("goal.status_changed", id=goal, status="let_go", on="2026-11-01")
    assert today.today(pages.state, day).practices == ()


def test_what_is_near_comes_first_and_what_has_passed_stays_without_a_word_of_blame(pages: Pages) -> None:
    goal = pages.goal(1, "Call my sister", due="2026-11-20")
    far = pages.goal(2, "Far away", due="2027-01-01")
    paused = pages.goal(3, "Paused", due="2026-11-12")
    pages.write("goal.status_changed", id=paused, status="paused", on="2026-11-01")
    pages.write("milestone.added", id=entity(20), goal=goal, title="Find the number", due="2026-11-07")
    pages.write(
        "milestone.added",
        id=entity(21),
        goal=goal,
        title="Dial",
        due={"at": "2026-11-12T18:00:00", "time_zone": BERLIN},
    )
    pages.write("milestone.added", id=entity(22), goal=goal, title="Reached", due="2026-11-11")
    pages.write("milestone.status_changed", id=entity(22), status="reached", on="2026-11-09")
    pages.write("milestone.added", id=entity(23), goal=far, title="No date")
    found = today.today(pages.state, date(2026, 11, 10)).near
    assert [(n.kind, n.title, n.days) for n in found] == [
        ("milestone", "Dial", 2),
        ("goal", "Call my sister", 10),
        ("milestone", "Find the number", -3),
    ]


def test_the_next_session_is_the_first_that_has_not_begun(weekly: Pages) -> None:
    def next_at(now: str, zone: str = BERLIN) -> str | None:
        moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone))
        found = today.today(weekly.state, moment.date(), moment).session
        return found.start["at"] if found else None

    assert next_at("2026-11-10T14:59:00") == "2026-11-10T15:00:00"
    assert next_at("2026-11-10T15:01:00") == "2026-11-17T15:00:00"
    assert next_at("2026-11-10T08:59:00", NEW_YORK) == "2026-11-10T15:00:00", "14:59 in Berlin"
    assert next_at("2026-11-10T09:01:00", NEW_YORK) == "2026-11-17T15:00:00"
    weekly.write("series.ended", id=entity(1), ended="2026-11-10")
    assert next_at("2026-11-10T15:01:00") is None
    start = {"at": "2027-06-01T10:00:00", "time_zone": NEW_YORK}
    weekly.write("session.scheduled", id=entity(9), start=start)
    found = today.today(weekly.state, date(2026, 11, 11)).session
    assert found is not None
    assert found.start == start


def test_while_somebody_rests_nothing_is_suggested(weekly: Pages) -> None:
    weekly.goal(1, due="2026-11-12")
    weekly.write("practice.added", id=entity(2), title="Walk", start="2026-11-01", recurrence="FREQ=DAILY")
    weekly.write("topic.added", id=entity(3), text="The talk")
    weekly.write("rest.set", on="2026-11-10", until="2026-11-12")
    for day, resting in ((9, False), (10, True), (12, True), (13, False)):
        found = today.today(weekly.state, date(2026, 11, day))
        assert (found.resting, not found.practices, not found.near) == (resting, resting, resting)
        assert found.session is not None
        assert found.topics_open == 1
    rested = today.today(weekly.state, date(2026, 11, 10))
    assert rested.resting_until == "2026-11-12"
    assert rested.words == "Resting until 12 Nov 2026: nothing is asked. One topic for the next session."
    weekly.write("rest.ended", on="2026-11-11")
    assert not today.today(weekly.state, date(2026, 11, 11)).resting
    weekly.write("rest.set", on="2026-11-20", until=None)
    assert today.today(weekly.state, date(2030, 1, 1)).words.startswith("Resting: nothing is asked.")
