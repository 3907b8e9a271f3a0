"""What the timeline says, for journals made by hand."""

from datetime import date

from milepost.views import timeline
from tests.core.views.pages import BERLIN, NEW_YORK, Pages
from tests.events import entity


def test_a_timeline_has_everything_with_a_date_in_order(weekly: Pages) -> None:
    goal = weekly.goal(1, "Call my sister", due="2026-12-18")
    other = weekly.goal(2, "Sleep")
    weekly.write("milestone.added", id=entity(20), goal=goal, title="Find the number", due="2026-11-20")
    weekly.write(
        "milestone.added",
        id=entity(21),
        goal=goal,
        title="Dial",
        due={"at": "2026-11-19T18:00:00", "time_zone": BERLIN},
    )
    weekly.write("milestone.status_changed", id=entity(20), status="reached", on="2026-11-09")
    weekly.checkin(30, goal, "2026-11-08", note="thought of her")
    weekly.checkin(31, other, "2026-11-08", value=3)
    weekly.checkin(32, goal, "2026-11-08", value=4)
    weekly.write(
        "reflection.written",
        id=entity(40),
        on="2026-11-10",
        text="It was **easier** than I thought",
        takeaway="Ask early",
    )
    weekly.write("assessment.recorded", id=entity(41), instrument="phq-9", version="1", answers=[0], on="2026-11-10")
    weekly.write("goal.status_changed", id=goal, status="achieved", on="2026-11-15")
    start = {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    weekly.write("session.scheduled", id=entity(50), start=start, series=entity(1), original=start, place="Online")
    weekly.write("session.status_changed", id=entity(50), status="held", on="2026-11-03")
    found = timeline.timeline(weekly.state, weekly.events, date(2026, 11, 11), last=date(2026, 11, 20))
    assert [(e.on, e.kind, e.title, e.what) for e in found] == [
        ("2026-09-01", "goal", "Call my sister", "written down"),
        ("2026-09-01", "goal", "Sleep", "written down"),
        ("2026-11-03", "session", "Session, Online", "at 15:00 (Europe/Berlin), held"),
        ("2026-11-08", "checkin", "Call my sister, Sleep", "three check-ins"),
        ("2026-11-09", "milestone", "Find the number", "reached"),
        ("2026-11-10", "session", "Session", "at 15:00 (Europe/Berlin)"),
        ("2026-11-10", "assessment", "phq-9", "filled in"),
        ("2026-11-10", "reflection", "Ask early", "reflection"),
        ("2026-11-15", "goal", "Call my sister", "achieved"),
        ("2026-11-17", "session", "Session", "at 15:00 (Europe/Berlin)"),
        ("2026-11-19", "milestone", "Dial", "planned for this day at 18:00"),
    ]
    part = timeline.timeline(weekly.state, weekly.events, date(2026, 11, 11), date(2026, 11, 9), date(2026, 11, 10))
    assert part == found[4:8]
    coming = timeline.timeline(weekly.state, weekly.events, date(2026, 11, 11))
    assert [e.on for e in coming if e.kind == "session"][-1] == "2026-12-08", "four weeks of a series"


def test_a_goal_was_written_down_on_a_day_of_the_journals_time_zone() -> None:
    for zone, day in ((BERLIN, "2026-09-02"), (NEW_YORK, "2026-09-01")):
        pages = Pages(zone, "2026-09-01T08:00:00")
        pages.write("goal.created", id=entity(1), title="At night", at="2026-09-02T00:30:00")
        [entry] = timeline.timeline(pages.state, pages.events, date(2026, 10, 1))
        assert entry.on == day
