"""What the brief for a session says, for journals made by hand."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from milepost.views import brief as briefs
from milepost.views import recurrence
from milepost.views.entities import Assessment, Session
from tests.core.views.pages import BERLIN, Pages
from tests.events import JOURNAL, device, entity


def brief_at(pages: Pages, now: str, **more: Any) -> briefs.Brief:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(BERLIN))
    return briefs.brief(pages.state, pages.events, moment, **more)


def test_a_brief_gathers_what_happened_since_the_last_session(weekly: Pages) -> None:
    goal = weekly.goal(1, "Speak up", at="2026-11-01T10:00:00")
    measure = weekly.measure(10, goal, low=0, high=10)
    weekly.numbers(goal, measure, {"2026-11-02": 9}, 500)
    weekly.checkin(499, goal, "2026-11-03", note="on the morning of it", at="2026-11-03T09:00:00")
    weekly.write("topic.added", id=entity(60), text="The talk with my sister", at="2026-11-02T10:00:00")
    weekly.write(
        "reflection.written",
        id=entity(61),
        on="2026-11-03",
        text="Long",
        takeaway="Ask early",
        at="2026-11-03T17:00:00",
    )
    weekly.write("goal.revised", id=goal, title="Say what I need", reason="kinder", at="2026-11-04T10:00:00")
    weekly.write("milestone.added", id=entity(20), goal=goal, title="Ask for a break")
    weekly.write("milestone.status_changed", id=entity(20), status="reached", on="2026-11-05")
    weekly.numbers(goal, measure, {"2026-11-04": 3, "2026-11-06": 5}, 510)
    weekly.checkin(520, entity(20), "2026-11-05", note="it worked")
    weekly.checkin(521, None, "2026-11-05", note="a quiet day")
    weekly.write(
        "assessment.recorded", id=entity(62), instrument="phq-9", version="1", answers=[1], on="2026-11-05", score=1
    )
    found = brief_at(weekly, "2026-11-09T12:00:00")
    assert found.since == {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    assert found.until == "2026-11-09T12:00:00"
    [news] = found.goals
    assert (news.title, news.first, news.latest, news.checkins) == ("Say what I need", 3, 5, 3)
    assert [n.text for n in news.notes] == ["it worked"]
    assert [n.text for n in found.notes] == ["a quiet day"]
    assert [(r.field, r.from_, r.to, r.reason) for r in found.revisions] == [
        ("title", "Speak up", "Say what I need", "kinder"),
        ("title", None, "Ask for a break", None),
    ]
    assert [(r.title, r.on) for r in found.reached] == [("Ask for a break", "2026-11-05")]
    assert [(a.title, a.score) for a in found.assessments] == [("phq-9", 1)]
    assert [t.title for t in found.topics] == ["The talk with my sister"]
    assert found.takeaways == ("Ask early",)
    assert (found.worth, found.conflicts) == ((), ())


def test_a_brief_begins_at_the_last_session_that_took_place(weekly: Pages) -> None:
    tenth = {"at": "2026-11-10T15:00:00", "time_zone": BERLIN}
    weekly.write("session.scheduled", id=entity(2), start=tenth, series=entity(1), original=tenth)

    def since(now: str) -> str | None:
        found = brief_at(weekly, now).since
        return found["at"] if found else None

    assert since("2026-11-03T14:59:00") is None
    assert since("2026-11-03T15:00:00") is None, "on the way into it"
    assert since("2026-11-03T17:00:00") is None, "on the way out of it"
    assert since("2026-11-04T03:00:01") == "2026-11-03T15:00:00"
    assert since("2026-11-10T15:30:00") == "2026-11-03T15:00:00"
    assert since("2026-11-12T12:00:00") == "2026-11-10T15:00:00"
    for status, last in (("cancelled", "03"), ("not_held", "03"), ("held", "10")):
        weekly.write("session.status_changed", id=entity(2), status=status, on="2026-11-10")
        assert since("2026-11-12T12:00:00") == f"2026-11-{last}T15:00:00"
    weekly.write("series.ended", id=entity(1), ended="2026-11-10")
    assert since("2029-11-12T12:00:00") == "2026-11-10T15:00:00", "years later, still"
    assert since("2026-11-10T15:30:00") == "2026-11-10T15:00:00", "at once where somebody said that it was held"
    assert not brief_at(weekly, "2026-11-10T15:30:00").assumed
    assert brief_at(weekly, "2026-11-09T12:00:00").assumed


def test_a_brief_goes_from_another_day_or_session_where_it_is_asked_to(weekly: Pages) -> None:
    goal = weekly.goal(1, "Speak up", at="2026-11-01T10:00:00")
    for day in (1, 2, 4, 11):
        weekly.checkin(500 + day, goal, f"2026-11-{day:02}", note=f"day {day}", at=f"2026-11-{day:02}T10:00:00")

    def notes(then: Session | date) -> tuple[str | None, list[str]]:
        found = brief_at(weekly, "2026-11-12T12:00:00", since_then=then)
        [news] = found.goals
        return found.session, [note.text for note in news.notes]

    assert notes(date(2026, 11, 2)) == (None, ["day 2", "day 4", "day 11"])
    first = recurrence.sessions_between(weekly.state, date(2026, 11, 3), date(2026, 11, 3))[0]
    assert notes(first) == (first.id, ["day 4", "day 11"])


def test_a_status_that_went_there_and_back_is_no_news_in_a_brief(weekly: Pages) -> None:
    goal = weekly.goal(1, "Speak up", at="2026-11-01T10:00:00")

    def news() -> list[tuple[str, str | None, str]]:
        found = brief_at(weekly, "2026-11-09T12:00:00").revisions
        return [(one.field, one.from_, one.to) for one in found]

    for day, status in ((4, "paused"), (5, "active"), (6, "paused"), (7, "active")):
        on = f"2026-11-{day:02}"
        weekly.write("goal.status_changed", id=goal, status=status, on=on, at=f"{on}T10:00:00")
    assert news() == []
    weekly.write("goal.status_changed", id=goal, status="achieved", on="2026-11-08", at="2026-11-08T10:00:00")
    assert [(field, to) for field, _, to in news()] == [("status", "achieved")]


def test_a_goal_that_has_been_harder_is_worth_talking_about(weekly: Pages) -> None:
    goal, other = weekly.goal(1, "Sleep"), weekly.goal(2, "Walk")
    falling = {f"2026-10-{day:02}": 30 - day for day in range(1, 31, 3)} | {"2026-11-04": 0}
    weekly.numbers(goal, None, falling, 500)
    weekly.numbers(other, None, {on: 30 - value for on, value in falling.items()}, 600)
    assert brief_at(weekly, "2026-11-09T12:00:00").worth == ("“Sleep” has been harder lately.",)
    weekly.write("goal.status_changed", id=goal, status="let_go", on="2026-11-05")
    assert brief_at(weekly, "2026-11-09T12:00:00").worth == ()


def test_the_brief_says_that_the_alliance_changed_and_never_a_figure(weekly: Pages) -> None:
    weekly.write("alliance.recorded", id=entity(70), on="2026-10-27", bond=8, goals=7, at="2026-10-27T16:00:00")
    weekly.write("alliance.recorded", id=entity(71), on="2026-11-03", goals=6, tasks=9, at="2026-11-03T16:00:00")
    assert brief_at(weekly, "2026-11-09T12:00:00").worth == ()
    weekly.write("alliance.recorded", id=entity(72), on="2026-11-04", bond=6, tasks=9, at="2026-11-04T16:00:00")
    found = brief_at(weekly, "2026-11-09T12:00:00")
    assert found.worth == ("How the work together feels has changed.",)
    assert not any(digit in words for words in found.worth for digit in "0123456789")
    assert brief_at(weekly, "2026-11-12T12:00:00").worth == (), "said once"


def test_a_score_that_reliably_got_worse_is_named_if_somebody_can_tell(weekly: Pages) -> None:
    def worsened(forms: Sequence[Assessment]) -> list[str]:
        return ["PHQ-9"] if forms[-1].score == 20 else []

    form = {"instrument": "phq-9", "version": "1", "answers": [1]}
    weekly.write("assessment.recorded", id=entity(1), on="2026-10-05", score=3, **form)
    weekly.write("assessment.recorded", id=entity(2), on="2026-11-05", score=20, **form)
    assert brief_at(weekly, "2026-11-09T12:00:00").worth == ()
    assert brief_at(weekly, "2026-11-09T12:00:00", worsened=worsened).worth == (
        "PHQ-9: the answers have become heavier.",
    )


def test_what_got_worse_before_is_not_told_again_for_a_form_of_another_kind(weekly: Pages) -> None:
    asked: list[str] = []

    def worsened(forms: Sequence[Assessment]) -> list[str]:
        asked.extend(form.instrument for form in forms)
        return []

    weekly.write(
        "assessment.recorded", id=entity(1), on="2026-10-05", score=3, instrument="old", version="1", answers=[1]
    )
    weekly.write(
        "assessment.recorded", id=entity(2), on="2026-11-05", score=3, instrument="new", version="1", answers=[1]
    )
    brief_at(weekly, "2026-11-09T12:00:00", worsened=worsened)
    assert asked == ["new"]


def test_a_brief_names_what_waits_to_be_settled_and_what_topics_are_about(pages: Pages) -> None:
    goal = pages.goal(1, "Mine")
    pages.write("goal.revised", id=goal, title="One")
    pages.write("goal.revised", by=2, seen={device(1): 2}, id=goal, title="Two")
    pages.write("topic.added", id=entity(5), about={"journal": JOURNAL, "kind": "goal", "id": goal})
    pages.write("topic.added", id=entity(6), about={"journal": entity(77), "kind": "goal", "id": goal})
    pages.write("topic.added", id=entity(7), text="done")
    pages.write("topic.status_changed", id=entity(7), status="discussed", on="2026-09-02")
    found = brief_at(pages, "2026-11-09T12:00:00")
    assert [(c.title, c.field) for c in found.conflicts] == [("Two", "title")]
    assert [t.title for t in found.topics] == ["Two", "(untitled)"]
