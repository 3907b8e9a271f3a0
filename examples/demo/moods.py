"""How days went: a trend towards better, moods that last, hard stretches, and what is said of it."""

import random
from typing import Any

from examples.demo.plan import HARD_DAYS, Asked, Plan

DAYS = 182


class Moods:
    """What is answered and noted on a day, drawn from a seed."""

    def __init__(self, chance: random.Random) -> None:
        self._random = chance
        self._lasting: dict[str, float] = {}
        self._left: dict[tuple[str, ...], list[str]] = {}

    def checkin(self, plan: Plan, day: int) -> dict[str, Any]:
        """A value, a note, or both."""
        note = self._note(plan, day)
        if plan.asked is None or (note is not None and self._random.random() > 0.85):
            return {"note": note or self.drawn(plan.good)}
        first = plan.title not in self._lasting
        value = self._value(plan, plan.asked, day)
        return {"note": note, "value": value, **({"baseline": True} if first else {})}

    def drawn(self, said: tuple[str, ...]) -> str:
        """Each once, in some order, before any comes again."""
        left = self._left.get(said)
        if not left:
            left = self._left[said] = self._random.sample(said, len(said))
        return left.pop()

    def _value(self, plan: Plan, asked: Asked, day: int) -> int:
        """The trend, a mood that lasts some days, and the day itself."""
        mood = 0.6 * self._lasting.get(plan.title, 0.0) + self._random.gauss(0, asked.rough * 0.5)
        self._lasting[plan.title] = mood
        value = asked.first + (asked.last - asked.first) * _far(plan, day) + mood
        value += self._random.gauss(0, asked.rough * 0.4)
        if _hard(day):
            value += 1.6 * asked.rough * (1 if asked.first > asked.last else -1)
        rounded = round(value / asked.step) * asked.step
        least = asked.fields["low"] if asked.step == 1 else asked.step
        return int(min(max(rounded, least), asked.fields["high"]))

    def _note(self, plan: Plan, day: int) -> str | None:
        if self._random.random() > 0.55:
            return None
        went_well = self._random.random() < 0.35 + 0.5 * _far(plan, day) - (0.3 if _hard(day) else 0)
        return self.drawn(plan.good if went_well else plan.hard)


def _hard(day: int) -> bool:
    return any(first <= day <= last for first, last in HARD_DAYS)


def _far(plan: Plan, day: int) -> float:
    """How far along the way of a goal a day is, 0 to 1: slow at first, slow at last."""
    part = min((day - plan.day) / (DAYS - plan.day), 1.0)
    return part * part * (3 - 2 * part)
