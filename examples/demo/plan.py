"""The shapes that a made-up half-year is told in: goals, steps, turns and how the days went; days count from its first."""

from typing import Any, NamedTuple


class Step(NamedTuple):
    """A milestone. `due`, `moved` and the rest are days of the half-year; `clock` makes its due date a moment.

    `moved` is (on, new due day, why); `partly` is (on, percent).
    """

    title: str
    added: int
    due: int | None = None
    reached: int | None = None
    dropped: int | None = None
    moved: tuple[int, int, str] | None = None
    partly: tuple[tuple[int, int], ...] = ()
    clock: str = ""
    note: str = ""


class Turn(NamedTuple):
    """Something that changes about a goal on a day: its status (`action`) or its fields."""

    day: int
    action: str = ""
    reflection: str | None = None
    fields: dict[str, Any] | None = None
    reason: str | None = None


class Asked(NamedTuple):
    """A goal's measure: the fields it is defined with and the way that answers go, from `first` to `last`.

    `rough` is how far a day may lie from the trend, `reworded` is (day, the question put better).
    """

    fields: dict[str, Any]
    first: float
    last: float
    rough: float = 1.0
    step: int = 1
    reworded: tuple[int, str] | None = None


class Plan(NamedTuple):
    """One goal and all that becomes of it: `often` is the chance of a check-in on a weekday (Monday first)."""

    day: int
    title: str
    fields: dict[str, Any]
    often: tuple[float, ...]
    good: tuple[str, ...]
    hard: tuple[str, ...]
    due: int | None = None
    asked: Asked | None = None
    steps: tuple[Step, ...] = ()
    turns: tuple[Turn, ...] = ()


HARD_DAYS = ((38, 45), (101, 108), (139, 142))
"""Stretches that went badly, whatever the goal: a cold, a quarrel, too much at work."""
