"""What the history of a goal says, for journals made by hand."""

from collections.abc import Sequence
from typing import Any

import msgspec

from milepost.journal import State, state_hash
from milepost.views import history
from milepost.views.entities import plain
from tests.core.views.pages import Pages, ms
from tests.events import ALICE, JOURNAL, device, entity


def rows(found: Sequence[history.Change], *names: str) -> list[tuple[Any, ...]]:
    return [(c.field, c.from_, c.to, c.reason) for c in found if not names or c.field in names]


def test_a_goals_history_has_every_wording_and_why_it_changed(pages: Pages) -> None:
    goal = pages.goal(1, "Be better", why="They said so")
    pages.write("goal.revised", id=goal, title="Say what I need", reason="in my own words", at="2026-09-20T18:00:00")
    pages.write("goal.revised", id=goal, why=None)
    pages.write("goal.status_changed", id=goal, status="achieved", on="2026-12-01", reason="it is so")
    found = history.goal_history(pages.events, JOURNAL, goal)
    assert rows(found, "title", "why", "status", "on") == [
        ("title", None, "Be better", None),
        ("why", None, "They said so", None),
        ("title", "Be better", "Say what I need", "in my own words"),
        ("why", "They said so", None, None),
        ("on", None, "2026-12-01", "it is so"),
        ("status", None, "achieved", "it is so"),
    ]
    changed = next(c for c in found if c.reason == "in my own words")
    assert (changed.actor, changed.device, changed.n, changed.at) == (ALICE, device(1), 3, ms("2026-09-20T18:00:00"))
    assert plain(changed)["from"] == "Be better"
    assert history.goal_history(pages.events, JOURNAL, entity(99)) == ()


def test_history_shows_what_each_author_saw_when_two_wrote_at_once(pages: Pages) -> None:
    goal = pages.goal(1, "Before")
    pages.write("goal.revised", id=goal, title="On the laptop")
    pages.write("goal.revised", by=2, seen={device(1): 2}, id=goal, title="On the phone")
    pages.write("goal.revised", by=1, seen={device(2): 1}, id=goal, title="Both", reason="settled")
    found = rows(history.goal_history(pages.events, JOURNAL, goal), "title")
    assert found == [
        ("title", None, "Before", None),
        ("title", "Before", "On the laptop", None),
        ("title", "Before", "On the phone", None),
        ("title", "On the phone", "Both", "settled"),
    ]


def test_an_accepted_proposal_is_in_the_history_of_what_it_changed(pages: Pages) -> None:
    goal = pages.goal(1, "Mine")
    change = {"kind": "goal", "id": goal, "fields": {"title": "Ours"}}
    pages.write("proposal.made", id=entity(7), change=change, why="shorter")
    pages.write("proposal.decided", id=entity(7), decision="accepted", on="2026-09-09", accepted=change, reason="yes")
    found = history.goal_history(pages.events, JOURNAL, goal)
    assert rows(found, "title")[-1] == ("title", "Mine", "Ours", "yes")
    decided = history.history(pages.events, JOURNAL, "proposal", entity(7))
    assert ("decision", None, "accepted", "yes") in rows(decided)


def test_what_a_journal_has_one_of_has_a_history_under_the_journals_id(pages: Pages) -> None:
    pages.write("plan.written", helps="A walk")
    pages.write("plan.revised", helps="A walk by the river", reason="closer")
    found = history.history(pages.events, JOURNAL, "plan", JOURNAL)
    assert rows(found) == [("helps", None, "A walk", None), ("helps", "A walk", "A walk by the river", "closer")]


def test_a_shared_register_is_emptied_of_what_a_later_write_leaves_out(pages: Pages) -> None:
    made = pages.checkin(1, None, "2026-09-02", measure=entity(9), value=3)
    pages.write("checkin.amended", id=made, value=4)
    found = history.history(pages.events, JOURNAL, "checkin", made)
    assert ("measure", entity(9), None, None) in rows(found)
    assert pages.state.fields("checkin", made) == {"on": "2026-09-02", "value": 4}


def test_histories_are_those_of_what_changed_since(pages: Pages) -> None:
    early, late = pages.goal(1, "Early"), pages.goal(2, "Late")
    pages.write("goal.revised", id=late, title="Later", at="2026-10-10T10:00:00")
    found = history.histories(pages.events, JOURNAL, {"goal"}, ms("2026-10-01T00:00:00"))
    assert list(found) == [("goal", late)]
    assert rows(found["goal", late]) == [("title", "Late", "Later", None)]
    assert set(history.histories(pages.events, JOURNAL, {"goal"})) == {("goal", early), ("goal", late)}
    assert history.histories([], JOURNAL, {"goal"}) == {}


def test_a_journal_is_read_as_it_was_by_number_and_by_time(pages: Pages) -> None:
    goal = pages.goal(1, "Then")
    pages.write("goal.revised", id=goal, title="Now", at="2026-10-10T10:00:00")
    placed = [msgspec.structs.replace(e, seq=at) for at, e in enumerate(pages.events, 1)]
    unsent = pages.write("goal.revised", id=goal, title="Not sent", at="2026-10-11T10:00:00")

    def title(**limits: int) -> str | None:
        return history.state_as_of(JOURNAL, [*placed, unsent], **limits).fields("goal", goal).get("title")

    assert (title(seq=1), title(seq=2), title(seq=3), title(seq=99)) == (None, "Then", "Now", "Now")
    assert title(ms=ms("2026-10-10T09:59:59")) == "Then"
    assert title(ms=ms("2026-10-10T10:00:00")) == "Now"
    assert title(ms=ms("2026-12-01T00:00:00")) == "Not sent"
    assert title() == "Not sent"
    before, after = (history.state_as_of(JOURNAL, placed, seq=seq) for seq in (2, 3))
    found = history.difference(before, after, "goal", goal)
    assert [(d.field, d.from_, d.to) for d in found] == [("title", "Then", "Now")]
    assert history.difference(after, after, "goal", goal) == ()
    assert [d.field for d in history.difference(State(JOURNAL), after, "goal", goal)] == ["id", "rank", "title"][1:]


def test_a_clock_that_was_put_back_leaves_no_gap_in_what_was(pages: Pages) -> None:
    goal = pages.goal(1, "First")
    pages.write("goal.revised", id=goal, title="By a clock that ran ahead", at="2027-01-01T10:00:00")
    pages.write("goal.revised", id=goal, why="Written later, and dated before", at="2026-10-01T10:00:00")
    then = history.state_as_of(JOURNAL, pages.events, ms=ms("2026-11-01T00:00:00"))
    assert then.fields("goal", goal) == {"title": "First", "rank": "001", "why": "Written later, and dated before"}
    again = history.goal_history(history.as_of(pages.events, ms=ms("2026-11-01T00:00:00")), JOURNAL, goal)
    assert rows(again, "title", "why") == [
        ("title", None, "First", None),
        ("why", None, "Written later, and dated before", None),
    ]
    assert state_hash(history.state_as_of(JOURNAL, pages.events)) == state_hash(pages.state)


def test_a_later_write_of_the_same_device_comes_after_whatever_its_clock_said(pages: Pages) -> None:
    goal = pages.goal(1, "One")
    pages.write("goal.revised", id=goal, title="Two", at="2027-01-01T10:00:00")
    pages.write("goal.revised", id=goal, title="Three", at="2026-10-01T10:00:00")
    found = rows(history.goal_history(pages.events, JOURNAL, goal), "title")
    assert [(was, now) for _, was, now, _ in found] == [(None, "One"), ("One", "Two"), ("Two", "Three")]
    assert pages.state.fields("goal", goal)["title"] == "Three"
