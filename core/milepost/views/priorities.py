"""What matters first, and how much there is, in words; orders goals by what the person said, never by a score of its own."""

from collections.abc import Container
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec import Struct

from milepost.journal import State
from milepost.views.checkins import checkins
from milepost.views.entities import UNTITLED, Milestone, milestone
from milepost.views.fields import shown_fields, those
from milepost.views.journal import goal_fields

Number = int | float
SURE = 7
"""From this confidence on (0 to 10) a goal may be an early win."""

_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - reads better
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - the same, in every locale
_STATUS_WORDS = {
    "active": ("is active", "are active"),
    "paused": ("is paused", "are paused"),
    "later": ("is kept for later", "are kept for later"),
    "achieved": ("is achieved", "are achieved"),
    "let_go": ("was let go", "were let go"),
    "ended": ("has ended", "have ended"),
}


class Ranked(Struct, frozen=True, kw_only=True):
    """An active goal: its place in the person's own order (1: first), and what they said of it, 0 to 10."""

    id: str
    title: str = UNTITLED
    place: int = 1
    importance: int | None = None
    confidence: int | None = None


class EarlyWin(Struct, frozen=True, kw_only=True):
    """A goal that is likely to go well, its smallest open step (null where it has none), and the reason, as a sentence."""

    goal: str
    title: str
    milestone: str | None = None
    step: str | None = None
    reason: str = ""


class Priorities(Struct, frozen=True, kw_only=True):
    """The active goals in the person's own order. `early_win` is null where no goal is sure enough; nothing is made up."""

    goals: tuple[Ranked, ...] = ()
    early_win: EarlyWin | None = None


def priorities(state: State) -> Priorities:
    """The active goals in order, and where it may be easiest to begin.

    An early win is an active goal with a confidence of `SURE` or more: the most important one, then the first in order.
    """
    active = [item for item in goal_fields(state).items() if (item[1].get("status") or "active") == "active"]
    ranked = []
    for place, (entity, fields) in enumerate(active, 1):
        title = fields.get("title") or UNTITLED
        importance, confidence = fields.get("importance"), fields.get("confidence")
        ranked.append(Ranked(id=entity, title=title, place=place, importance=importance, confidence=confidence))
    sure = [goal for goal in ranked if goal.confidence is not None and goal.confidence >= SURE]
    if not sure:
        return Priorities(goals=tuple(ranked))
    # The first of the most important: `max` keeps the one that came before.
    chosen = max(sure, key=lambda goal: -1 if goal.importance is None else goal.importance)
    return Priorities(goals=tuple(ranked), early_win=_early_win(state, chosen))


def _early_win(state: State, goal: Ranked) -> EarlyWin:
    """The smallest open step: least remaining, then due soonest, then first in order."""
    ours = those(state, "milestone", "goal", lambda of: of == goal.id)
    steps = [step for step in (milestone(state, e) for e in ours) if step.status == "planned"]
    step = min(steps, key=_size, default=None)
    said_of = [f"{goal.confidence} of 10 sure"]
    if goal.importance is not None:
        said_of.append(f"{goal.importance} of 10 important")
    figures = ", ".join(said_of)
    if step is None:
        reason = f"“{goal.title}” may be a good place to begin: {figures}."
        return EarlyWin(goal=goal.id, title=goal.title, reason=reason)
    if len(steps) == 1:
        why = "the one step left"
    elif step.progress:
        why = "the step furthest along"
    else:
        why = "the step planned soonest" if step.due_day else "the step that comes first"
    reason = f"“{step.title}” may be a good place to begin: {why} in “{goal.title}” ({figures})."
    return EarlyWin(goal=goal.id, title=goal.title, milestone=step.id, step=step.title, reason=reason)


def _size(step: Milestone) -> tuple[int, str, str, str]:
    return 100 - step.progress, step.due_day or "~", step.rank or "~", step.id


class Steps(NamedTuple):
    """How many steps a goal has, how many of them are reached and how many partly; dropped ones are left out."""

    total: int = 0
    reached: int = 0
    partly: int = 0


def step_counts(state: State, goals: Container[str]) -> dict[str, Steps]:
    """Each of these goals that has steps → how many."""
    found: dict[str, Steps] = {}
    for fields in those(state, "milestone", "goal", lambda goal: goal in goals).values():
        if (status := fields.get("status")) != "dropped":
            goal, is_partly = fields["goal"], status != "reached" and (fields.get("progress") or 0) > 0
            total, reached, partly = found.get(goal, Steps())
            found[goal] = Steps(total + 1, reached + (status == "reached"), partly + is_partly)
    return found


class Summary(Struct, frozen=True, kw_only=True):
    """How much there is. `goals` is status → how many; `days` are those that check-ins are about."""

    goals: dict[str, int]
    steps: int = 0
    steps_reached: int = 0
    practices: int = 0
    checkins: int = 0
    days: int = 0
    sessions_held: int = 0
    reflections: int = 0
    topics_open: int = 0
    words: str = ""


def summary(state: State) -> Summary:
    """A journal in a short paragraph: what there is, and not what there is not."""
    goals = shown_fields(state, "goal")
    statuses = [fields.get("status") or "active" for fields in goals.values()]
    steps = step_counts(state, goals).values()
    days = [one.on for one in checkins(state)]
    found = Summary(
        goals={status: statuses.count(status) for status in _STATUS_WORDS if status in statuses},
        steps=sum(one.total for one in steps),
        steps_reached=sum(one.reached for one in steps),
        practices=_with_status(state, "practice", "active", "active"),
        checkins=len(days),
        days=len(set(days)),
        sessions_held=_with_status(state, "session", "held", "planned"),
        reflections=len(state.visible("reflection")),
        topics_open=_with_status(state, "topic", "open", "open"),
    )
    return msgspec.structs.replace(found, words=_paragraph(found))


def _with_status(state: State, kind: str, status: str, default: str) -> int:
    return len(those(state, kind, "status", lambda found: (found or default) == status))


def _paragraph(found: Summary) -> str:
    goals = [
        f"{number(count) if at else counted(count, 'goal')} {_STATUS_WORDS[status][count != 1]}"
        for at, (status, count) in enumerate(found.goals.items())
    ]
    sentences = [", ".join(goals)] if goals else []
    if found.steps:
        steps = counted(found.steps, "step")
        some = f"{number(found.steps_reached)} of " if found.steps_reached < found.steps else ""
        sentences.append(f"{some}{steps} reached" if found.steps_reached else f"{steps} planned")
    if found.checkins:
        sentences.append(f"{counted(found.checkins, 'check-in')}, on {counted(found.days, 'day')}")
    others = (
        (found.reflections, "reflection", ""),
        (found.practices, "practice", " going on"),
        (found.sessions_held, "session", " held"),
        (found.topics_open, "topic", " for the next session"),
    )
    sentences += [f"{counted(count, what)}{more}" for count, what, more in others if count]
    words = " ".join(f"{one[0].upper()}{one[1:]}." for one in sentences)
    return words or "Nothing is written here yet, which is fine."


@lru_cache(maxsize=256)
def counted(count: int, what: str) -> str:
    """A number of things in words: `three goals`, `one goal`."""
    return f"{number(count)} {what if count == 1 else what + 's'}"


def number(count: int) -> str:
    """A small number as a word."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def say_number(value: Number) -> str:
    """A number as people write it."""
    return str(int(value)) if float(value).is_integer() else f"{value:.2f}".rstrip("0")


def say_day(text: str) -> str:
    """`2026-12-18` as `18 Dec 2026`; as it is where it is no date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
