"""What a browser shows of proposals, and what it offers to whom, is what Python says of both."""

from typing import Any

import msgspec
import pytest
from hypothesis import given

from milepost.journal import State
from milepost.policy import ROLES, THERAPIST, owners_alone_change_goals
from milepost.views.entities import UNTITLED
from milepost.views.proposals import proposals
from tests.core.views.logs import DAYS, fold
from tests.events import JOURNAL, device, entity, event
from tests.web.core import Core
from tests.web.journals import Log, journals, text
from tests.web.test_folding import often


def plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


@often
@given(log=journals())
def test_proposals_are_shown_alike(core: Core, log: Log) -> None:
    assert core("proposals", JOURNAL, text(log)) == plain(proposals(fold(log)))


def test_one_that_was_overtaken_and_one_of_something_new_are_shown_alike(core: Core) -> None:
    goal, checkin, other = entity(1), entity(2), device(2)
    wanted = {"kind": "goal", "id": goal, "fields": {"title": "Proposed", "due": None}}
    amended = {"kind": "checkin", "id": checkin, "fields": {"value": 3}}
    log = [
        event(1, at_ms=1, type="goal.created", id=goal, title="Mine"),
        event(2, at_ms=2, type="checkin.recorded", id=checkin, subject=goal, on=DAYS[0], value=3),
        event(1, by=other, at_ms=3, type="proposal.made", id=entity(3), change=wanted),
        event(2, by=other, at_ms=4, type="proposal.made", id=entity(4), change=amended),
        event(3, at_ms=5, type="goal.revised", id=goal, title="Mine again"),
        event(3, by=other, at_ms=6, type="proposal.made", id=entity(5), change={**wanted, "id": entity(6)}),
        event(4, at_ms=7, type="proposal.decided", id=entity(5), decision="declined", on=DAYS[1]),
    ]
    found = proposals(fold(log))
    assert core("proposals", JOURNAL, text(log)) == plain(found)
    assert [one.stale for one in found] == [True, False, False]
    assert [one.title for one in found] == ["Mine again", UNTITLED, "Proposed"]


@often
@given(log=journals())
def test_what_a_member_reads_is_counted_alike(core: Core, log: Log) -> None:
    state = fold(log)
    kinds = {kind: len(state.visible(kind)) for kind in sorted(state.entities) if state.visible(kind)}
    goals = [state.fields("goal", goal).get("title") or "" for goal in state.visible("goal")]
    events = sum(progress.n for progress in state.devices.values())
    assert core("reads", JOURNAL, text(log)) == {"kinds": kinds, "goals": goals, "events": events}


TYPES = {
    "own": ["checkin.recorded", "rest.set", "journal.revised", "plan.written"],
    "change": ["goal.created", "goal.revised", "goal.status_changed", "goal.ranked", "milestone.added"],
    "talk": ["topic.added", "topic.status_changed", "session.scheduled", "reflection.written"],
    "propose": ["proposal.made"],
}
"""What a right offers → the events that this writes."""


@pytest.mark.parametrize("role", [*ROLES, "none"])
@pytest.mark.parametrize("allowed", [True, False])
def test_what_is_offered_is_what_the_policy_lets_through(core: Core, role: str, allowed: bool) -> None:
    log = [
        event(1, at_ms=1, type="journal.opened", title="Ours", time_zone="UTC", locale="en", owners_only=not allowed)
    ]
    rights = core("rights", JOURNAL, text(log), role)
    assert rights == {right: all(_lets(fold(log), role, name) for name in names) for right, names in TYPES.items()}


def _lets(state: State, role: str, name: str) -> bool:
    rule = THERAPIST[name]
    return role == "owner" or (
        role == "therapist" and rule != "never" and (rule != "allowed" or not owners_alone_change_goals(state))
    )
