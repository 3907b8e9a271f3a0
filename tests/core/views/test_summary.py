"""What priorities, the summary and the burden say, for journals made by hand."""

from datetime import date

from milepost.views import burden as burdens
from milepost.views import priorities
from tests.core.views.pages import Pages
from tests.events import entity


def test_an_early_win_is_sure_then_important_then_first(pages: Pages) -> None:
    pages.goal(1, "Hard", importance=10, confidence=3)
    pages.goal(2, "Sure", importance=6, confidence=7)
    pages.goal(3, "Sure too", importance=8, confidence=9)
    pages.goal(4, "As important", importance=8, confidence=10)
    away = pages.goal(5, "Put away", importance=10, confidence=10)
    pages.write("goal.status_changed", id=away, status="later", on="2026-09-02")
    found = priorities.priorities(pages.state)
    assert [(g.title, g.place) for g in found.goals] == [("Hard", 1), ("Sure", 2), ("Sure too", 3), ("As important", 4)]
    assert found.early_win is not None
    assert (found.early_win.title, found.early_win.milestone) == ("Sure too", None)
    assert found.early_win.reason == "“Sure too” may be a good place to begin: 9 of 10 sure, 8 of 10 important."


def test_its_smallest_step_is_furthest_along_then_soonest_then_first(pages: Pages) -> None:
    goal = pages.goal(1, "Sure", confidence=8)

    def step() -> tuple[str | None, str]:
        found = priorities.priorities(pages.state).early_win
        assert found is not None
        return found.step, found.reason

    pages.write("milestone.added", id=entity(20), goal=goal, title="Only", rank="m")
    assert step() == ("Only", "“Only” may be a good place to begin: the one step left in “Sure” (8 of 10 sure).")
    pages.write("milestone.added", id=entity(21), goal=goal, title="Earlier in order", rank="c")
    assert step()[0] == "Earlier in order"
    assert "the step that comes first" in step()[1]
    pages.write("milestone.added", id=entity(22), goal=goal, title="Dated", rank="z", due="2026-12-01")
    pages.write("milestone.added", id=entity(23), goal=goal, title="Dated later", rank="a", due="2026-12-09")
    assert step()[0] == "Dated"
    assert "the step planned soonest" in step()[1]
    pages.write("milestone.revised", id=entity(20), progress=10)
    assert step()[0] == "Only"
    assert "the step furthest along" in step()[1]
    pages.write("milestone.status_changed", id=entity(20), status="reached", on="2026-09-09")
    assert step()[0] == "Dated"


def test_nothing_is_made_up_where_nobody_is_sure(pages: Pages) -> None:
    pages.goal(1, importance=10)
    pages.goal(2, confidence=6)
    assert priorities.priorities(pages.state).early_win is None


def test_a_summary_says_what_there_is(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.goal(2)
    done = pages.goal(3)
    pages.write("goal.status_changed", id=done, status="achieved", on="2026-09-03")
    pages.write("milestone.added", id=entity(20), goal=goal, title="Step")
    pages.write("milestone.added", id=entity(21), goal=goal, title="Step")
    pages.write("milestone.status_changed", id=entity(21), status="reached", on="2026-09-03")
    pages.numbers(goal, None, {"2026-09-01": 1, "2026-09-02": 2})
    pages.checkin(800, None, "2026-09-02", note="once more")
    pages.write("topic.added", id=entity(30), text="This")
    found = priorities.summary(pages.state)
    assert found.words == (
        "Two goals are active, one is achieved. One of two steps reached. Three check-ins, on two days. "
        "One topic for the next session."
    )
    assert (found.goals, found.steps, found.days) == ({"active": 2, "achieved": 1}, 2, 2)


def test_a_week_asks_for_so_many_minutes_and_an_offer_is_made_above_the_limit(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.measure(10, goal)
    pages.write("practice.added", id=entity(2), title="Walk", start="2026-11-04", recurrence="FREQ=DAILY", minutes=12)
    pages.write("practice.added", id=entity(3), title="Write", start="2026-11-01", recurrence="FREQ=WEEKLY")
    found = burdens.burden(pages.state, date(2026, 11, 2))
    assert [(p.title, p.times, p.minutes) for p in found.practices] == [("Write", 1, 0), ("Walk", 5, 60)]
    assert (found.minutes, found.checkin_minutes, found.last) == (61, 1, "2026-11-08")
    assert found.offer is not None
    assert found.offer.startswith("This week asks for about 61 minutes. If you would like it lighter")
    assert burdens.burden(pages.state, date(2026, 11, 2), limit=61).offer is None
    pages.write("rest.set", on="2026-11-06", until=None)
    assert burdens.burden(pages.state, date(2026, 11, 2)).minutes == 25
    assert burdens.burden(pages.state, date(2026, 11, 9)).minutes == 0
