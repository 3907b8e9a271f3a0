"""What then and now says, for journals made by hand."""

from milepost.views import then_now
from tests.core.views.pages import Pages
from tests.events import ALICE, entity


def test_then_and_now_are_in_the_persons_own_words(pages: Pages) -> None:
    goal = pages.goal(1, "Be better", why="They said so")
    same = pages.goal(2, "As it was")
    pages.write("goal.revised", id=goal, title="Say what I need", helps="A walk")
    pages.write("goal.revised", id=goal, title="Say what I need, kindly", why=None)
    pages.checkin(30, goal, "2026-09-03", note="could not")
    pages.checkin(31, goal, "2026-09-05", value=3)
    pages.write("reflection.written", id=entity(40), on="2026-09-02", text="I am afraid of it", goal=goal)
    pages.checkin(32, goal, "2026-10-02", note="did")
    pages.checkin(33, None, "2026-10-02", note="a quiet day")
    found = then_now.then_now(pages.state, pages.events)
    assert [one.goal for one in found] == [goal, None]
    assert [(w.field, w.then, w.now) for w in found[0].wordings] == [
        ("title", "Be better", "Say what I need, kindly"),
        ("why", "They said so", None),
    ]
    assert found[0].first == then_now.Words(on="2026-09-02", kind="reflection", id=entity(40), text="I am afraid of it")
    assert found[0].latest == then_now.Words(on="2026-10-02", kind="checkin", id=entity(32), text="did")
    assert (found[1].first and found[1].first.text, found[1].latest) == ("a quiet day", None)
    assert then_now.then_now(pages.state, pages.events, same) == ()


def test_where_a_goal_has_an_owner_the_words_are_theirs(pages: Pages) -> None:
    goal = pages.goal(1, owner=entity(99))
    pages.checkin(30, goal, "2026-09-03", note="by somebody else")
    assert then_now.then_now(pages.state, pages.events) == ()
    pages.write("goal.revised", id=goal, owner=ALICE)
    [found] = then_now.then_now(pages.state, pages.events)
    assert found.first is not None
