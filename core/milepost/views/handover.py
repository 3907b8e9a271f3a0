"""What a person takes along to somebody new: the goals they choose, in their own words; knows no page and no clock.

Nothing is in it that was not asked for. Of goals that were not chosen not even a topic is, and how the work together
feels is never part of it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from msgspec import Struct

from milepost.envelope import Event
from milepost.errors import InvalidInput
from milepost.events import Fields
from milepost.journal import State
from milepost.measures.instruments import Instrument
from milepost.measures.scoring import score
from milepost.measures.telling import say_band, say_score
from milepost.views import entities
from milepost.views.chosen import Chosen, chosen_goals
from milepost.views.entities import Assessment, Plan, Practice, Topic
from milepost.views.journal import goal_ids
from milepost.views.priorities import Number, say_number
from milepost.views.progress import GoalProgress, progress

_SCORED = "a screening score, not a diagnosis"
_LEVELS = range(-2, 3)


class Kept(Struct, frozen=True, kw_only=True):
    """What was to be kept of a reflection."""

    on: str
    text: str


class Form(Struct, frozen=True, kw_only=True):
    """A form that was filled in, with what is said about its score."""

    on: str
    title: str
    score: Number | None = None
    words: str = ""


class Handover(Struct, frozen=True, kw_only=True):
    """One handover, as of the local day `on`.

    `attainment_t` is over `attainment_goals` of the chosen goals. `practices` are those without a goal. `left_out` says
    what is not in it.
    """

    on: str
    goals: tuple[Chosen, ...] = ()
    attainment_t: float | None = None
    attainment_goals: int = 0
    practices: tuple[Practice, ...] = ()
    topics: tuple[str, ...] = ()
    sessions_held: int = 0
    sessions_since: str | None = None
    takeaways: tuple[Kept, ...] = ()
    plan: Plan | None = None
    assessments: tuple[Form, ...] = ()
    left_out: tuple[str, ...] = ()


def handover(
    state: State,
    events: Iterable[Event],
    on: date,
    goals: Collection[str] | None = None,
    *,
    notes: bool = False,
    plan: bool = False,
    forms: Mapping[str, Instrument] | None = None,
    only: bool = False,
) -> Handover:
    """The chosen goals, or those that are active, in the person's own order, with what belongs to them.

    With `only`, what belongs to no goal is left out as well: practices, topics, takeaways. `notes` adds takeaways and
    what was said in looking back, `plan` the safety plan; `forms` adds assessments and holds the instruments that are
    known, by their ids.
    """
    ids = [e for e in goal_ids(state) if (_is_active(state, e) if goals is None else e in goals)]
    going = progress(state, set(ids))
    held = sorted(s.start["at"][:10] for s in entities.sessions(state) if s.status == "held")
    return Handover(
        on=on.isoformat(),
        goals=chosen_goals(state, list(events), going.goals, notes=notes),
        attainment_t=going.attainment_t,
        attainment_goals=sum(_is_attained(state, one) for one in going.goals),
        practices=() if only else tuple(one for one in entities.practices(state) if one.goal is None),
        topics=tuple(filter(None, (_topic(state, topic, ids, only=only) for topic in entities.topics(state)))),
        sessions_held=len(held),
        sessions_since=held[0] if held else None,
        takeaways=_takeaways(state, ids, only=only) if notes else (),
        plan=entities.own(state, Plan, "plan") if plan else None,
        assessments=() if forms is None else tuple(_form(one, forms) for one in entities.assessments(state)),
        left_out=_left_out(
            others=len(ids) < len(goal_ids(state)), only=only, notes=notes, plan=plan, forms=forms is not None
        ),
    )


def _is_active(state: State, goal: str) -> bool:
    return (state.fields("goal", goal).get("status") or "active") == "active"


def _left_out(*, others: bool, only: bool, notes: bool, plan: bool, forms: bool) -> tuple[str, ...]:
    found = ["any other goals"] if others else []
    found += ["what belongs to no goal"] if only else []
    found += ["how the work together feels", "notes of check-ins"]
    found.append("the rest of the reflections" if notes else "reflections")
    found += [] if plan else ["the safety plan"]
    return tuple(found if forms else [*found, "questionnaires"])


def _is_attained(state: State, one: GoalProgress) -> bool:
    """Whether a goal counts for the figure over all: it has levels, and stood at one of them."""
    measure = state.fields("goal", one.id).get("measure")
    return any(
        line.type == "attainment" and line.measure == measure and any(point.value in _LEVELS for point in line.points)
        for line in one.series
    )


def _topic(state: State, topic: Topic, chosen: Collection[str], *, only: bool) -> str | None:
    """An open topic in words; None for one that is about something else than the chosen goals."""
    about = topic.about
    if topic.status != "open":
        return None
    if about is None:
        return None if only else topic.text
    fields: Fields = state.fields(about["kind"], about["id"]) if about["journal"] == state.journal else {}
    goal = about["id"] if about["kind"] == "goal" else _goal_of(state, fields)
    if not fields or (goal not in chosen if goal is not None else only):
        return None
    return topic.text or fields.get("title")


def _goal_of(state: State, fields: Fields) -> str | None:
    """The goal that a step, a practice or a check-in belongs to."""
    subject = fields.get("subject")
    if subject is None:
        return fields.get("goal")
    parents = (state.fields(kind, subject).get("goal") for kind in ("milestone", "practice"))
    of_a_practice = subject in state.entities.get("practice", {})
    return next(filter(None, parents), None if of_a_practice else subject)


def _takeaways(state: State, chosen: Collection[str], *, only: bool) -> tuple[Kept, ...]:
    return tuple(
        Kept(on=one.on, text=one.takeaway)
        for one in entities.reflections(state)
        if one.takeaway and (one.goal in chosen if one.goal is not None else not only)
    )


def _form(form: Assessment, instruments: Mapping[str, Instrument]) -> Form:
    """One assessment; of an instrument that is not known in that version only what was kept is said."""
    instrument = instruments.get(form.instrument)
    if instrument is not None and instrument.version == form.version:
        try:
            scored = score(instrument, form.answers)
        except InvalidInput:  # another program may have written any answers
            pass
        else:
            words = " ".join(filter(None, (say_score(instrument, scored), say_band(instrument, scored))))
            return Form(on=form.on, title=instrument.title, score=scored.score, words=words)
    words = "The answers are kept." if form.score is None else f"{say_number(form.score)}, {_SCORED}."
    return Form(on=form.on, title=form.instrument, score=form.score, words=words)
