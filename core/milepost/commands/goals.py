"""Commands on goals, milestones, measures and check-ins; pure."""

from collections.abc import Callable
from typing import Any

from milepost.commands.measuring import check_measure, in_range, say_range, with_ends
from milepost.errors import InvalidInput, NotFound
from milepost.events import Draft
from milepost.journal import State
from milepost.rank import rank_between
from milepost.views.journal import goal_ids

GOAL_STATUSES = {
    "later": "later",
    "pause": "paused",
    "resume": "active",
    "achieve": "achieved",
    "let-go": "let_go",
    "reopen": "active",
}
"""What people say → the status it leads to."""
MILESTONE_STATUSES = {"reach": "reached", "drop": "dropped", "reopen": "planned"}

NewId = Callable[[], str]


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def require(state: State, kind: str, entity: str) -> None:
    """Refuses an entity that is not there.

    Raises:
        NotFound: names it.

    """
    if entity not in state.entities.get(kind, {}):
        raise NotFound(f"There is no {kind} {entity} in this journal.")


def rank_at_the_end(state: State, kind: str) -> str | None:
    """A place behind all others. None, which stands behind most, where another kind of device gave places of its own."""
    last = max((state.fields(kind, e).get("rank") or "" for e in state.entities.get(kind, {})), default="")
    try:
        return rank_between(last, "")
    except ValueError:
        return None


def add_goal(state: State, new_id: NewId, title: str, **fields: Any) -> tuple[str, list[Draft]]:
    """A new goal at the end of the list; `fields` are those of `goal.created`."""
    check_days(fields)
    goal = new_id()
    rank = rank_at_the_end(state, "goal")
    return goal, [Draft("goal.created", {"id": goal, "title": said(title), **given({"rank": rank, **fields})})]


def revise_goal(state: State, goal: str, fields: dict[str, Any], reason: str | None = None) -> list[Draft]:
    """Puts a goal differently; None as a value clears that field."""
    require(state, "goal", goal)
    now = state.fields("goal", goal)
    changed = {name: value for name, value in fields.items() if now.get(name) != value}
    if {"start", "due"} & changed.keys():
        check_days({**now, **changed})
    return [Draft("goal.revised", {"id": goal, **changed, **given({"reason": reason})})] if changed else []


def change_goal_status(state: State, goal: str, action: str, on: str, reflection: str | None = None) -> list[Draft]:
    """`later`, `pause`, `resume`, `achieve`, `let-go` or `reopen`, on a local date."""
    require(state, "goal", goal)
    fields = {"id": goal, "status": GOAL_STATUSES[action], "on": on, **given({"reflection": reflection})}
    return [Draft("goal.status_changed", fields)]


def define_measure(
    state: State, new_id: NewId, goal: str, question: str | None, **fields: Any
) -> tuple[str, list[Draft]]:
    """A measure of a goal, which the goal uses from now on; `fields` are those of `measure.defined`."""
    require(state, "goal", goal)
    measure = new_id()
    defined = with_ends({"id": measure, "goal": goal, "type": "scale", **given({"question": question, **fields})})
    check_measure(defined)
    return measure, [Draft("measure.defined", defined), Draft("goal.revised", {"id": goal, "measure": measure})]


def rank_goal(state: State, goal: str, place: int) -> list[Draft]:
    """Puts a goal at a place (1: first) in the person's own order."""
    require(state, "goal", goal)
    others = [entity for entity in goal_ids(state) if entity != goal]
    if not 1 <= place <= len(others) + 1:
        there = "There is one goal" if not others else f"There are {len(others) + 1} goals"
        raise InvalidInput(f"{there}: give a place from 1 to {len(others) + 1}. 1 is first.")
    at = place - 1
    ranks = [state.fields("goal", entity).get("rank") or "" for entity in others]
    try:
        rank = rank_between(ranks[at - 1] if at else "", ranks[at] if at < len(ranks) else "")
    except ValueError:
        # Two goals made at once on two devices may share a rank: all get new ones, in the order they stand.
        return _ranked_anew([*others[:at], goal, *others[at:]])
    return [Draft("goal.ranked", {"id": goal, "rank": rank})]


def _ranked_anew(goals: list[str]) -> list[Draft]:
    drafts, rank = [], ""
    for goal in goals:
        rank = rank_between(rank, "")
        drafts.append(Draft("goal.ranked", {"id": goal, "rank": rank}))
    return drafts


def add_milestone(state: State, new_id: NewId, goal: str, title: str, due: Any = None) -> tuple[str, list[Draft]]:
    """A step on the way to a goal."""
    require(state, "goal", goal)
    milestone = new_id()
    rank = rank_at_the_end(state, "milestone")
    fields = {"id": milestone, "goal": goal, "title": said(title), **given({"rank": rank, "due": due})}
    return milestone, [Draft("milestone.added", fields)]


def revise_milestone(state: State, milestone: str, fields: dict[str, Any], reason: str | None = None) -> list[Draft]:
    """Puts a step differently, moves it, or says how far it is (`progress`, 0 to 100)."""
    require(state, "milestone", milestone)
    changed = {name: value for name, value in fields.items() if state.fields("milestone", milestone).get(name) != value}
    return [Draft("milestone.revised", {"id": milestone, **changed, **given({"reason": reason})})] if changed else []


def change_milestone_status(state: State, milestone: str, action: str, on: str) -> list[Draft]:
    """`reach`, `drop` or `reopen`, on a local date."""
    require(state, "milestone", milestone)
    return [Draft("milestone.status_changed", {"id": milestone, "status": MILESTONE_STATUSES[action], "on": on})]


def check_in(
    state: State,
    new_id: NewId,
    subject: str | None,
    on: str,
    *,
    value: Any = None,
    note: str | None = None,
    **more: Any,
) -> tuple[str, list[Draft]]:
    """How it went with a goal, a milestone, or nothing in particular. A value answers the measure that is given, or else the
    goal's, if it has one.
    """
    if value is None and not note and not more.get("sitting") and not more.get("occurrence"):
        raise InvalidInput("A check-in needs a value or a note: a number, or a few words of your own.")
    checkin = new_id()
    measure = more.get("measure") or (state.fields("goal", subject).get("measure") if subject else None)
    if value is not None and measure is not None:
        check_value(state, measure, value)
    answered = {"measure": measure} if value is not None and measure is not None else {}
    fields = {"id": checkin, "on": on, **answered, **given({"subject": subject, "value": value, "note": note, **more})}
    return checkin, [Draft("checkin.recorded", fields)]


def check_value(state: State, measure: str, value: Any) -> None:
    """Refuses a value outside a measure's range, or between the levels of one that has levels.

    Raises:
        InvalidInput: says the range.

    """
    fields = state.fields("measure", measure)
    low, high = fields.get("low"), fields.get("high")
    if not isinstance(value, int | float) or (low is not None and high is not None and low >= high):
        return  # words; or a measure from before such a range was refused, which no number could answer
    if not in_range(low, high, value):
        raise InvalidInput(f"That measure goes {say_range(low, high)}, and {value} lies outside it.")
    if fields.get("type") == "attainment" and value not in range(-2, 3):
        raise InvalidInput(f"That measure has five levels, -2 to 2, and {value} is none of them.")


def amend_checkin(state: State, checkin: str, fields: dict[str, Any]) -> list[Draft]:
    """Puts a check-in right."""
    require(state, "checkin", checkin)
    now = state.fields("checkin", checkin)
    changed = {name: value for name, value in fields.items() if now.get(name) != value}
    if "value" in changed and now.get("measure") is not None:
        check_value(state, now["measure"], changed["value"])
        changed["measure"] = now["measure"]
    return [Draft("checkin.amended", {"id": checkin, **changed})] if changed else []


def retract_checkin(state: State, checkin: str) -> list[Draft]:
    """Takes a check-in back."""
    require(state, "checkin", checkin)
    return [Draft("checkin.retracted", {"id": checkin})]


def check_days(goal: dict[str, Any]) -> None:
    """Refuses a goal that would be due before it begins.

    Raises:
        InvalidInput: says both days.
    """
    start, due = goal.get("start"), goal.get("due")
    if isinstance(start, str) and isinstance(due, str) and due < start:
        raise InvalidInput(f"It would be due ({due}) before it begins ({start}). Change one of the two days.")


def said(title: str) -> str:
    """A title with its spaces in order.

    Raises:
        InvalidInput: there are no words in it.
    """
    words = " ".join(title.split())
    if not words:
        raise InvalidInput("Give it a few words of your own: a title can't be empty.")
    return words
