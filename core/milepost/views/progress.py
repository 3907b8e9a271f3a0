"""How things go: the numbers said about each goal, from the first to the latest; knows no chart and no clock.

Any progress counts, and a day on which nothing was said is nothing at all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from math import isfinite
from statistics import median
from typing import Literal

import msgspec
from msgspec import Struct

from milepost.events import Fields
from milepost.journal import State
from milepost.measures.attainment import Attained, attainment_t
from milepost.views.checkins import Checkin, checkins_about
from milepost.views.entities import UNTITLED
from milepost.views.journal import goal_fields
from milepost.views.priorities import Number, Steps, counted, number, say_day, say_number, step_counts

MIN_POINTS, MIN_DAYS = 5, 14
"""Below so many check-ins over so many days no trend is claimed."""
LATEST_DAYS = 30
"""A trend is that of so many of the latest days with a check-in: what was years ago says little about now."""
STEADY = 0.05
"""A slope below this part of the range in four weeks is steady."""

Direction = Literal["improving", "worsening", "steady"]
Found = dict[str | None, dict[str | None, "_Given"]]
"""Subject → measure → the numbers given for it, the earliest first."""
_OF_MEASURE = ("type", "question", "unit", "low", "high", "better", "target")
_LEVELS: dict[Number, str] = dict(
    zip(range(-2, 3), ("level_minus_2", "level_minus_1", "level_0", "level_plus_1", "level_plus_2"), strict=True)
)
_TREND_WORDS = {
    "improving": "Lately it has been getting better.",
    "worsening": "Lately it has been harder.",
    "steady": "Lately it has stayed about the same.",
}


class Point(Struct, frozen=True, gc=False):
    """A number that was said, about a local day."""

    on: str
    value: Number


class _Given(Struct, gc=False):
    """The numbers given for one measure, the earliest first, and the first that was marked as the one to start from."""

    points: list[Point]
    marked: Point | None = None


class Trend(Struct, frozen=True, kw_only=True):
    """Where a series goes: its Theil–Sen slope (the median of all slopes between two days), in units per week.

    Theil 1950, Proc. Kon. Ned. Akad. Wetensch. A 53; Sen 1968, J. Am. Stat. Assoc. 63: odd days hardly sway it.
    """

    per_week: float
    direction: Direction


class Measured(Struct, frozen=True, kw_only=True):
    """One series of numbers: a measure's, or (`measure` null) of what was said without one.

    `baseline` is the check-in marked as such, else the first; `change` is now − baseline; `best` goes by `better`;
    `level` is the person's own wording of the level that an attainment scale stands at.
    """

    measure: str | None = None
    type: str = "scale"
    question: str | None = None
    unit: str | None = None
    low: Number | None = None
    high: Number | None = None
    better: str = "up"
    target: Number | None = None
    points: tuple[Point, ...] = ()
    baseline: Number = 0
    now: Number = 0
    best: Number = 0
    change: Number = 0
    trend: Trend | None = None
    level: str | None = None
    words: str = ""


class GoalProgress(Struct, frozen=True, kw_only=True):
    """One goal: its series (those with a point), its steps (dropped ones left out), how often words were said."""

    id: str
    title: str = UNTITLED
    status: str = "active"
    series: tuple[Measured, ...] = ()
    steps: int = 0
    steps_reached: int = 0
    notes: int = 0
    words: str = ""


class Progress(Struct, frozen=True, kw_only=True):
    """A journal's goals in the person's own order, numbers said about nothing in particular, and `attainment_t`."""

    goals: tuple[GoalProgress, ...] = ()
    apart: tuple[Measured, ...] = ()
    attainment_t: float | None = None


def progress(state: State, goals: Collection[str] | None = None) -> Progress:
    """How things go with every goal, or with these alone; `apart` and `attainment_t` are of what is asked for."""
    ours = goal_fields(state, goals)
    points: Found = {}
    notes: dict[str | None, int] = {}
    for subject in ours if goals is not None else (*ours, None):
        of_measure, words = _numbers(checkins_about(state, subject))
        if words:
            notes[subject] = words
        points[subject] = of_measure
    steps = step_counts(state, ours)
    return Progress(
        goals=tuple(
            _goal(e, fields, _series(state, points.get(e, {})), steps.get(e, Steps()), notes.get(e, 0))
            for e, fields in ours.items()
        ),
        apart=_series(state, points.get(None, {})),
        attainment_t=_attainment(state, ours, points),
    )


def _numbers(about: Iterable[Checkin]) -> tuple[dict[str | None, _Given], int]:
    """The numbers that were given for each measure, and how often there were words."""
    found: dict[str | None, _Given] = {}
    notes = 0
    for one in about:
        value = one.value
        if value is not None and not isinstance(value, str) and isfinite(value):
            given = found.get(one.measure)
            if given is None:
                given = found[one.measure] = _Given([])
            point = Point(one.on, value)
            given.points.append(point)
            if one.baseline and given.marked is None:
                given.marked = point
        if one.note:
            notes += 1
    return found, notes


def _goal(entity: str, fields: Fields, series: tuple[Measured, ...], steps: Steps, notes: int) -> GoalProgress:
    words = []
    if steps.reached:
        of = f"{number(steps.reached)} of" if steps.reached < steps.total else "all" if steps.total > 1 else "its"
        words.append(f"{of} {counted(steps.total, 'step')} reached.".capitalize())
    if steps.partly:
        words.append(f"{counted(steps.partly, 'step')} under way.".capitalize())
    words += [f"“{one.question}”: {one.words}" if one.question and series[1:] else one.words for one in series]
    if notes:
        words.append(f"{counted(notes, 'note')} kept about it.".capitalize())
    return GoalProgress(
        id=entity,
        title=fields.get("title") or UNTITLED,
        status=fields.get("status") or "active",
        series=series,
        steps=steps.total,
        steps_reached=steps.reached,
        notes=notes,
        words=" ".join(words) or "Nothing is noted about it yet, which is fine.",
    )


def _series(state: State, found: dict[str | None, _Given]) -> tuple[Measured, ...]:
    """The series of one subject, the one begun first before the others."""
    ordered = sorted(found.items(), key=lambda item: (item[1].points[0].on, item[0] or ""))
    return tuple(_measured(state, measure, ours) for measure, ours in ordered)


def _measured(state: State, measure: str | None, ours: _Given) -> Measured:
    fields = state.fields("measure", measure) if measure else {}
    points = ours.points
    values = [point.value for point in points]
    base = ours.marked or points[0]
    better, target = fields.get("better") or "up", fields.get("target")
    aim = base.value if target is None else target
    low, high = fields.get("low"), fields.get("high")
    span = high - low if low is not None and high is not None else max(values) - min(values)
    found = Measured(
        measure=measure,
        **{name: fields[name] for name in _OF_MEASURE if fields.get(name) is not None},
        points=tuple(points),
        baseline=base.value,
        now=values[-1],
        best=max(values) if better == "up" else min(values, key=lambda v: v if better == "down" else abs(v - aim)),
        change=round(values[-1] - base.value, 6),
        trend=trend(points, span, better, aim),
        level=fields.get(_LEVELS.get(values[-1], "")) if fields.get("type") == "attainment" else None,
    )
    words = _in_words(found, base.on, *(_good(value, better, aim) for value in (base.value, found.now, found.best)))
    return msgspec.structs.replace(found, words=words)


def _good(value: Number, better: str, aim: Number) -> Number:
    """How well a value does, so that more is better whatever the measure wants."""
    return value if better == "up" else -value if better == "down" else -abs(value - aim)


def _in_words(found: Measured, since: str, at_first: Number, at_last: Number, at_best: Number) -> str:
    unit = f" {found.unit}" if found.unit else ""
    first, now = f"{say_number(found.baseline)}{unit}", f"{say_number(found.now)}{unit}"
    if len(found.points) == 1:
        words = f"{now} on {say_day(since)}."
    elif found.now == found.baseline:
        words = f"{now}, the same as on {say_day(since)}."
    else:
        words = f"From {first} to {now} since {say_day(since)}{': progress.' if at_last > at_first else '.'}"
    if at_best > max(at_first, at_last):
        words += f" The best so far was {say_number(found.best)}{unit}."
    if found.level:
        words += f" Now: “{found.level}”."
    return f"{words} {_TREND_WORDS[found.trend.direction]}" if found.trend else words


def trend(points: Sequence[Point], span: Number, better: str = "up", aim: Number = 0) -> Trend | None:
    """Where a series goes, or None where there is too little to say so; of several values of a day the middle counts.

    `span` is the measure's range, `better` the way it should go: `up`, `down`, or `keep` (towards `aim`).
    """
    if len(points) < MIN_POINTS:
        return None
    by_day: dict[str, list[Number]] = {}
    for point in reversed(points):
        if point.on not in by_day and len(by_day) == LATEST_DAYS:
            break
        by_day.setdefault(point.on, []).append(point.value)
    try:
        if (date.fromisoformat(points[-1].on) - date.fromisoformat(points[0].on)).days < MIN_DAYS:
            return None
        latest = [(date.fromisoformat(on).toordinal(), median(v) if v[1:] else v[0]) for on, v in by_day.items()]
    except ValueError:
        return None
    slope = _slope(latest)
    well = {"up": slope, "down": -slope}.get(better)
    if well is None:
        well = _slope([(day, -abs(value - aim)) for day, value in latest])
    steady = span <= 0 or abs(well) * 4 < STEADY * span
    return Trend(per_week=round(slope, 4), direction="steady" if steady else "improving" if well > 0 else "worsening")


def _slope(days: Sequence[tuple[int, Number]]) -> float:
    """The median of the slopes between any two days, per week."""
    slopes: list[float] = [(w - v) / (b - a) for (a, v), (b, w) in combinations(days, 2)]
    slopes.sort()
    middle = len(slopes) // 2
    return 7 * (slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2)


def _attainment(state: State, goals: Mapping[str, Fields], points: Found) -> float | None:
    """The T score of the goals that have an attainment scale and a level on it."""
    levels = []
    for goal, of_goal in goals.items():
        measure = of_goal.get("measure")
        fields = state.fields("measure", measure) if measure else {}
        ours = points.get(goal, {}).get(measure) if fields.get("type") == "attainment" else None
        if ours and (given := [one.value for one in ours.points if one.value in _LEVELS]):
            levels.append(Attained(level=int(given[-1]), weight=fields.get("weight") or 1))
    return attainment_t(levels) if levels else None
