"""One goal with what somebody new should know of it: its words, how it goes, its steps, why it changed; knows no page."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from milepost.envelope import Event
from milepost.journal import State
from milepost.views import entities
from milepost.views.entities import UNTITLED, Milestone, Practice
from milepost.views.history import Change, histories
from milepost.views.priorities import Number
from milepost.views.progress import Direction, GoalProgress, Measured
from milepost.views.recurrence import zone_of
from milepost.views.then_now import Wording, first_writes, then_now

_SILENT = frozenset({"on", "rank", "measure", "owner", "retracted"})
"""Fields of which nothing is said where somebody gives a reason for a change."""


class Line(Struct, frozen=True, kw_only=True):
    """One series of numbers about a goal, from its baseline to now; `trend` is null where too little is known."""

    question: str | None = None
    type: str = "scale"
    unit: str | None = None
    low: Number | None = None
    high: Number | None = None
    baseline: Number = 0
    now: Number = 0
    best: Number = 0
    checkins: int = 0
    trend: Direction | None = None
    words: str = ""


class Reason(Struct, frozen=True, kw_only=True):
    """Why something was changed, on a local day; `about` is the step or practice, null where it is the goal itself."""

    on: str
    about: str | None = None
    fields: tuple[str, ...] = ()
    reason: str = ""


class Chosen(Struct, frozen=True, kw_only=True):
    """A goal that is handed over; `begun` is the day it started or else was written down, `on` that of its status.

    `reflection` is there only where notes were asked for.
    """

    id: str
    title: str = UNTITLED
    status: str = "active"
    on: str | None = None
    begun: str | None = None
    due: str | None = None
    why: str | None = None
    looks_like: str | None = None
    helps: str | None = None
    reflection: str | None = None
    wordings: tuple[Wording, ...] = ()
    lines: tuple[Line, ...] = ()
    steps_reached: tuple[Milestone, ...] = ()
    steps_open: tuple[Milestone, ...] = ()
    practices: tuple[Practice, ...] = ()
    reasons: tuple[Reason, ...] = ()


def chosen_goals(
    state: State, events: Sequence[Event], going: Iterable[GoalProgress], *, notes: bool = False
) -> tuple[Chosen, ...]:
    """Those goals whose progress is given, in that order; `notes`: with what was said in looking back."""
    zone = zone_of(state.fields("journal", state.journal).get("time_zone") or "UTC")
    begun = first_writes(events, state.journal, "goal")
    wordings = {one.goal: one.wordings for one in then_now(state, events)}
    reasons = _reasons(state, events, zone)
    steps, practices = entities.milestones(state), entities.practices(state)
    found = []
    for one in going:
        entity = one.id
        fields, ours = state.fields("goal", entity), steps.get(entity, [])
        texts = {name: fields.get(name) for name in ("on", "due", "why", "looks_like", "helps")}
        found.append(
            Chosen(
                id=entity,
                title=fields.get("title") or UNTITLED,
                status=fields.get("status") or "active",
                begun=fields.get("start") or (_local_day(begun[entity].at, zone) if entity in begun else None),
                reflection=fields.get("reflection") if notes else None,
                wordings=wordings.get(entity, ()),
                lines=tuple(_line(line) for line in one.series),
                steps_reached=tuple(step for step in ours if step.status == "reached"),
                steps_open=tuple(step for step in ours if step.status == "planned"),
                practices=tuple(practice for practice in practices if practice.goal == entity),
                reasons=tuple(reasons.get(entity, ())),
                **texts,
            )
        )
    return tuple(found)


def _line(one: Measured) -> Line:
    alike = {name: getattr(one, name) for name in Line.__struct_fields__ if hasattr(one, name)}
    trend = one.trend.direction if one.trend else None
    return Line(**{**alike, "checkins": len(one.points), "trend": trend})


def _reasons(state: State, events: Sequence[Event], zone: ZoneInfo) -> dict[str, list[Reason]]:
    """Goal → why it, its steps and its practices were changed, the first change first; one row for each change."""
    found: dict[str, list[tuple[int, str, int, Reason]]] = {}
    kinds = ("goal", "milestone", "practice")
    standing = {kind: set(state.visible(kind)) for kind in kinds}
    for (kind, entity), changes in histories(events, state.journal, kinds).items():
        if entity not in standing[kind]:
            continue
        fields = state.fields(kind, entity)
        goal = entity if kind == "goal" else fields.get("goal")
        about = None if kind == "goal" else fields.get("title") or UNTITLED
        by_event: dict[tuple[str, int], list[Change]] = {}
        for change in changes:
            if change.reason and goal:
                by_event.setdefault((change.device, change.n), []).append(change)
        for (device, n), ours in by_event.items():
            names = tuple(sorted({one.field for one in ours if one.from_ != one.to} - _SILENT))
            on = _local_day(ours[0].at, zone) or ""
            one = Reason(on=on, about=about, fields=names, reason=str(ours[0].reason))
            found.setdefault(str(goal), []).append((ours[0].at, device, n, one))
    return {goal: [row[3] for row in sorted(rows, key=lambda row: row[:3])] for goal, rows in found.items()}


def _local_day(ms: int, zone: ZoneInfo) -> str | None:
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None  # a clock beyond the calendar
