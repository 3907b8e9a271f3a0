"""A SMART lens on a goal's own fields: what question might help next, if any; pure, and knows neither log nor terminal."""

from collections.abc import Callable, Collection, Iterable
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from milepost.coach.approach import approach_question, leave_alone
from milepost.coach.words import Asked, words
from milepost.views.entities import Goal, Measure

Lens = Literal["approach", "why", "looks_like", "first_step", "confidence", "measure", "due"]
LENSES: tuple[Lens, ...] = get_args(Lens)
"""Every lens, in the order they are tried: first what gives a goal its meaning, and numbers and dates last."""
OPEN_LENSES: tuple[Lens, ...] = ("approach", "why", "looks_like", "first_step")
"""Those that fit a goal which needs no number and no date."""
PLACEHOLDER = "GOAL"
"""Stands in `Hint.how` for the goal's id."""
SURE_ENOUGH = 7


class Hint(Struct, frozen=True, kw_only=True):
    """One question, why it may help, and `how` to write down an answer: a command, with `GOAL` for the goal's id.

    `opening` is how a sentence might begin, where there is one to offer.
    """

    lens: Lens
    question: str
    why_it_may_help: str
    how: str
    opening: str | None = None


def hint(goal: Goal, measures: Iterable[Measure], *, skip: Collection[str] = (), smart: bool = False) -> Hint | None:
    """The one hint that fits best, or None where the goal reads well as it is (see `remark`).

    `measures` may be all those of the journal, `skip` names lenses to leave out, `smart` looks at an open goal through
    all of them. Only goals that somebody is at work on get any.
    """
    if goal.status != "active" or leave_alone(goal.title, goal.looks_like):
        return None
    lenses = LENSES if smart or goal.kind == "smart" else OPEN_LENSES
    found = tuple(measures)
    return next((made for lens in lenses if lens not in skip and (made := _LOOK[lens](goal, found))), None)


def remark(goal: Goal) -> str:
    """A kind sentence for a goal that gets no hint."""
    remarks = words().remarks
    if goal.status != "active":
        return remarks.get(goal.status, remarks["active"])
    return remarks["alone"] if leave_alone(goal.title, goal.looks_like) else remarks["active"]


def _asked(lens: Lens, asked: Asked) -> Hint:
    return Hint(lens=lens, question=asked.question, why_it_may_help=asked.why_it_may_help, how=asked.how)


def _approach(goal: Goal, _: tuple[Measure, ...]) -> Hint | None:
    # Whoever has said how they would notice it has turned the goal round already, whatever its title.
    if _said(goal.looks_like) and approach_question(goal.looks_like or "") is None:
        return None
    found = approach_question(goal.title)
    if found is None:
        return None
    question, opening = found
    return msgspec.structs.replace(_asked("approach", words().approach), question=question, opening=opening)


def _why(goal: Goal, _: tuple[Measure, ...]) -> Hint | None:
    return None if _said(goal.why) else _asked("why", words().why)


def _looks_like(goal: Goal, _: tuple[Measure, ...]) -> Hint | None:
    return None if _said(goal.looks_like) else _asked("looks_like", words().looks_like)


def _first_step(goal: Goal, _: tuple[Measure, ...]) -> Hint | None:
    begun = any(step.status != "dropped" for step in goal.milestones)
    return None if begun else _asked("first_step", words().first_step)


def _confidence(goal: Goal, _: tuple[Measure, ...]) -> Hint | None:
    if goal.confidence is None:
        return _asked("confidence", words().confidence)
    if goal.confidence >= SURE_ENOUGH or _said(goal.helps):
        return None
    return _asked("confidence", words().more_confidence)


def _measure(goal: Goal, measures: tuple[Measure, ...]) -> Hint | None:
    seen = any(measure.id == goal.measure for measure in measures)
    return None if seen else _asked("measure", words().measure)


def _due(goal: Goal, _: tuple[Measure, ...]) -> Hint | None:
    return None if goal.due else _asked("due", words().due)


def _said(text: str | None) -> bool:
    return bool(text and text.strip())


_LOOK: dict[Lens, Callable[[Goal, tuple[Measure, ...]], Hint | None]] = {
    "approach": _approach,
    "why": _why,
    "looks_like": _looks_like,
    "first_step": _first_step,
    "confidence": _confidence,
    "measure": _measure,
    "due": _due,
}
